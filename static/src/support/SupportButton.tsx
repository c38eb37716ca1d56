/**
 * "Something does not work": a quiet button that stands on every page, and the dialog it opens, which is
 * loaded only then.
 */
import { Wrench } from "lucide-preact";
import { lazy } from "preact-iso";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, IconButton } from "../ui/Button";
import type { More } from "./diagnostics";
import type { SupportPlace } from "./SupportDialog";

const SupportDialog = lazy(() => import("./SupportDialog"));

interface Props {
  place: SupportPlace;
  more?: More;
  /** False: a picture alone, where there is no room for words. */
  words?: boolean;
}

export function SupportButton({ place, more, words = true }: Props) {
  const [open, setOpen] = useState(false);
  const ask = (): void => setOpen(true);
  return (
    <>
      {words ? (
        <Button look="quiet" icon={Wrench} onClick={ask} data-testid="support-open">
          {t("support.open")}
        </Button>
      ) : (
        <IconButton icon={Wrench} label={t("support.open")} onClick={ask} data-testid="support-open" />
      )}
      {open && <SupportDialog place={place} more={more} onClose={() => setOpen(false)} />}
    </>
  );
}
