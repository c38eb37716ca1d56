/** A link for one guest: a name and a term flow in, an address that is shown once flows out. */
import { Copy, Link2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { post } from "../api/client";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field, Select } from "../ui/Field";
import { toast } from "../ui/Toast";

const TERMS = ["2", "24", "168"] as const;

interface GuestDialogProps {
  open: boolean;
  lesson: string;
  onClose: () => void;
}

export function GuestDialog({ open, lesson, onClose }: GuestDialogProps) {
  const [name, setName] = useState("");
  const [hours, setHours] = useState<string>("24");
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  const close = (): void => {
    setUrl("");
    setName("");
    setWrong("");
    onClose();
  };
  const make = async (): Promise<void> => {
    if (!name.trim()) {
      setWrong(t("field.required"));
      return;
    }
    setBusy(true);
    setWrong("");
    try {
      const expires = new Date(Date.now() + Number(hours) * 3_600_000).toISOString();
      const made = await post<{ url: string }>(`/lessons/${lesson}/guests`, {
        name: name.trim(),
        role: "guest",
        expires,
      });
      setUrl(made.url);
    } catch (error) {
      setWrong(explain(error));
    }
    setBusy(false);
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
      toast(t("action.copied"));
    } catch {
      document.querySelector<HTMLInputElement>("[data-testid=guest-url]")?.select();
    }
  };
  return (
    <Dialog
      open={open}
      title={t("class.guest_title")}
      onClose={close}
      onSubmit={() => void (url ? copy() : make())}
      testid="dialog-guest"
      foot={
        url ? (
          <Button look="primary" type="submit" icon={Copy} data-testid="guest-copy">
            {t("action.copy")}
          </Button>
        ) : (
          <Button look="primary" type="submit" icon={Link2} busy={busy} data-testid="guest-make">
            {t("class.guest_make")}
          </Button>
        )
      }
    >
      <div class="stack">
        <p class="muted">{t("class.guest_words")}</p>
        {url ? (
          <Field
            label={t("class.guest_link")}
            value={url}
            onValue={() => undefined}
            readOnly
            data-testid="guest-url"
          />
        ) : (
          <>
            <Field
              label={t("class.guest_name")}
              value={name}
              onValue={setName}
              error={wrong || undefined}
              maxLength={80}
              autocomplete="off"
              data-testid="guest-for"
            />
            <Select
              label={t("class.guest_hours")}
              value={hours}
              onValue={setHours}
              options={TERMS.map(value => ({ value, label: t(`class.guest_hours_${value}`) }))}
              data-testid="guest-hours"
            />
          </>
        )}
      </div>
    </Dialog>
  );
}
