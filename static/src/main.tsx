/** Where the client starts: theme and language first, then the page. */
import { render } from "preact";
import { App } from "./app";
import { startLanguage } from "./i18n";
import { loadMe } from "./state/me";
import { listenForTrouble } from "./support/trouble";
import { startTheme } from "./theme";

listenForTrouble();
startTheme();
const root = document.getElementById("app");
if (root) {
  const words = startLanguage();
  void loadMe();
  await words;
  render(<App />, root);
}
