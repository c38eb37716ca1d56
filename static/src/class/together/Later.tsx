/** The list of who sits together, loaded when it is wanted. */
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../context";
import { later } from "../slides/Later";

const Part = later(() => import("./TogetherDialog"));

export function TogetherDialog(props: { open: boolean; onClose: () => void }) {
  const { dialog, room } = useDesk();
  const { together, state } = room;
  const ready = together.wanted.value && state.phase.value === "open";
  useEffect(() => {
    if (!ready) return;
    together.wanted.value = false;
    dialog.value = "together";
  }, [ready]);
  const wanted = useRef(false);
  wanted.current ||= props.open; // from then on it stays, so that closing it gives the focus back
  return wanted.current ? <Part {...props} /> : null;
}
