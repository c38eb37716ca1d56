/**
 * Draws what is in it right after what stands around it is on the screen, so that the first of the class is
 * seen sooner and a click in between need not wait for the rest. `place` keeps its room until then.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { pause } from "../media/pause";

export function Soon({ place, children }: { place?: ComponentChildren; children: ComponentChildren }) {
  const [now, setNow] = useState(false);
  useEffect(() => {
    let gone = false;
    void pause().then(() => {
      if (!gone) setNow(true);
    });
    return () => {
      gone = true;
    };
  }, []);
  return <>{now ? children : place}</>;
}
