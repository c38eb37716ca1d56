/** Where the client starts: theme and language first, then the page. */
import { render } from "preact";
import { App } from "./app";
import { startLanguage } from "./i18n";
import { loadMe } from "./state/me";
import { startTheme } from "./theme";

startTheme();
const root = document.getElementById("app");
if (root) {
  const words = startLanguage();
  void loadMe();
  await words;
  render(<App />, root);
}
