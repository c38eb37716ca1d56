/** The list of a trial class, loaded in one only. */
import { later } from "../slides/Later";

export const TrialPanel = later(() => import("./TrialPanel"));
