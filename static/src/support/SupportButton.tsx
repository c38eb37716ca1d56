/**
 * "Something does not work": a quiet button that stands on every page, and the dialog it opens, which is
 * loaded only then.
 */
import { LifeBuoy } from "lucide-preact";
import { lazy } from "preact-iso";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import type { More } from "./diagnostics";
import type { SupportPlace } from "./SupportDialog";

const SupportDialog = lazy(() => import("./SupportDialog"));

interface Props {
  place: SupportPlace;
  more?: More;
  class?: string;
}

export function SupportButton({ place, more, class: extra }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        icon={LifeBuoy}
        class={extra ?? ""}
        onClick={() => setOpen(true)}
        data-testid="support-open"
      >
        {t("support.open")}
      </Button>
      {open && <SupportDialog place={place} more={more} onClose={() => setOpen(false)} />}
    </>
  );
}
