/** The help without the frame of the house, for whoever is not logged in. */
export { HelpOutside as default } from "./Help";
