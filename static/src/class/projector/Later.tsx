/** The words of the projector, loaded when it is switched on. */
import { later } from "../slides/Later";

export const ProjectorWords = later(() => import("./Words"));
