/** The parts of captions, loaded when somebody writes or wants them. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { toast } from "../../ui/Toast";
import { useDesk } from "../context";
import { later } from "../slides/Later";

const Line = later(() => import("./CaptionsLine"));
const Choices = later(() => import("./CaptionsDialog"));

export function CaptionsLine() {
  const { captions, state } = useDesk().room;
  const yours = captions.writers.value.has(state.you.value);
  const before = useRef(yours);
  useEffect(() => {
    if (yours && !before.current) toast(t("captions.yours"));
    before.current = yours;
  }, [yours]);
  return captions.used.value || captions.writing.value ? <Line /> : null;
}

export function CaptionsDialog(props: { open: boolean; onClose: () => void }) {
  const wanted = useRef(false);
  wanted.current ||= props.open; // from then on it stays, so that closing it gives the focus back
  return wanted.current ? <Choices {...props} /> : null;
}
