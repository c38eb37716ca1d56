/**
 * A dialog on the browser's own <dialog>: it traps focus, closes on Escape and gives the focus back.
 * `open` flows in, `onClose` flows out; the parent owns the state.
 */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { X } from "lucide-preact";
import { t } from "../i18n";
import { Button, IconButton, type Look } from "./Button";
import "./Dialog.css";

export interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons at the bottom. */
  foot?: ComponentChildren;
  wide?: boolean;
  testid?: string;
  /** Given, the dialog is a form: Enter submits. */
  onSubmit?: () => void;
}

export function Dialog({ open, title, onClose, children, foot, wide, testid, onSubmit }: DialogProps) {
  const shell = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // before the next key can be pressed: it must not act on what is behind
  useLayoutEffect(() => {
    const dialog = shell.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  const inside = (
    <>
      <header class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <IconButton icon={X} label={t("action.close")} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {foot && <footer class="dialog-foot">{foot}</footer>}
    </>
  );
  return (
    <dialog
      ref={shell}
      class={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={heading}
      data-testid={testid}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onClick={event => event.target === shell.current && onClose()}
    >
      {open &&
        (onSubmit ? (
          <form
            class="dialog-inside"
            noValidate
            onSubmit={event => {
              event.preventDefault();
              onSubmit();
            }}
          >
            {inside}
          </form>
        ) : (
          <div class="dialog-inside">{inside}</div>
        ))}
    </dialog>
  );
}

export interface ConfirmProps {
  open: boolean;
  title: string;
  words: ComponentChildren;
  action: string;
  look?: Look;
  busy?: boolean;
  onYes: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ open, title, words, action, look = "danger", busy, onYes, onClose }: ConfirmProps) {
  return (
    <Dialog
      open={open}
      title={title}
      onClose={onClose}
      testid="confirm"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look={look} busy={busy ?? false} onClick={onYes} data-testid="confirm-yes">
            {action}
          </Button>
        </>
      }
    >
      {words}
    </Dialog>
  );
}
