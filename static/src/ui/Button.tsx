/**
 * Buttons and links that look like them. Text and a lucide icon flow in, a 44 px target flows out.
 * `busy` keeps the width and the focus while an answer is awaited, and refuses a second click.
 */
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ComponentChildren, Ref } from "preact";
import type { LucideIcon } from "lucide-preact";
import "./Button.css";

export type Look = "primary" | "plain" | "quiet" | "danger";
/** A lucide icon, or a hand-drawn SVG of the same shape. */
export type Icon = LucideIcon;

interface Shared {
  look?: Look;
  icon?: Icon | undefined;
  children?: ComponentChildren;
  wide?: boolean;
}

type ButtonProps = Shared & {
  busy?: boolean;
  inner?: Ref<HTMLButtonElement>;
} & Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon">;

function classes(look: Look, wide: boolean | undefined, extra: unknown): string {
  return ["button", `button-${look}`, wide && "button-wide", typeof extra === "string" && extra]
    .filter(Boolean)
    .join(" ");
}

export function Button(props: ButtonProps) {
  const {
    look = "plain",
    icon: Picture,
    busy = false,
    wide,
    children,
    class: extra,
    inner,
    onClick,
    ...rest
  } = props;
  return (
    <button
      type="button"
      {...rest}
      ref={inner ?? null}
      class={classes(look, wide, extra)}
      aria-busy={busy || undefined}
      onClick={busy ? event => event.preventDefault() : onClick}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : Picture && <Picture size={20} aria-hidden />}
      {children !== undefined && <span class="button-words">{children}</span>}
    </button>
  );
}

export function ButtonLink(props: Shared & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "icon">) {
  const { look = "plain", icon: Picture, wide, children, class: extra, ...rest } = props;
  return (
    <a {...rest} class={classes(look, wide, extra)}>
      {Picture && <Picture size={20} aria-hidden />}
      <span class="button-words">{children}</span>
    </a>
  );
}

type IconButtonProps = Omit<ButtonProps, "children" | "icon"> & {
  icon: Icon;
  /** The word of the icon: read aloud and shown as a tip; shown beside it with `showLabel`. */
  label: string;
  showLabel?: boolean;
};

export function IconButton({
  label,
  showLabel = false,
  class: extra,
  look = "quiet",
  ...rest
}: IconButtonProps) {
  const own = ["icon-button", showLabel && "icon-button-labelled", typeof extra === "string" && extra];
  return (
    <Button {...rest} look={look} class={own.filter(Boolean).join(" ")} aria-label={label} title={label}>
      {showLabel ? label : undefined}
    </Button>
  );
}
