/**
 * The map of the client: address in, page out, each page its own piece of code. An account that must
 * settle something first (password, second factor, consents) sees that page whatever the address; nobody
 * signed in sees the log-in page, except at the addresses open to all.
 */
import { lazy, LocationProvider, Route, Router } from "preact-iso";
import { Toasts } from "./ui/Toast";

const ClassPage = lazy(() => import("./class/index"));
const NotFound = lazy(() => import("./pages/missing/NotFound"));

export function App() {
  return (
    <LocationProvider>
      <Router>
        <Route path="/lessons/:id/class" component={ClassPage} />
        <Route default component={NotFound} />
      </Router>
      <Toasts />
    </LocationProvider>
  );
}
