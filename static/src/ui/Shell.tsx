/**
 * The frame of a page. `Shell` is the signed-in house: skip link, navigation (a rail on wide screens, a
 * bar at the thumb on phones), the person. `Door` is the quiet frame of pages outside it: logging in,
 * consents, a guest's entry. `Page` is one page inside: it names the tab and takes the focus on arrival.
 */
import { CircleQuestionMark, Ellipsis } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { t } from "../i18n";
import { Bell } from "../notices/Bell";
import { SupportButton } from "../support/SupportButton";
import { Avatar } from "./Badge";
import type { Icon } from "./Button";
import { Dialog } from "./Dialog";
import { HelpLink } from "./HelpLink";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import "./Shell.css";

export interface Place {
  path: string;
  label: string;
  icon: Icon;
  testid: string;
  /** Pages that belong to this place, though their address begins as another place's. */
  covers?: RegExp;
}

export function Mark({ size = 32 }: { size?: number }) {
  return <img src="/icon.svg" alt="" width={size} height={size} class="mark" />;
}

function isHere(path: string, url: string): boolean {
  return path === "/" ? url === "/" : url === path || url.startsWith(`${path}/`);
}

/** The place that the page at `url` belongs to. */
export function placeOf(places: readonly Place[], url: string): Place | undefined {
  return places.find(place => place.covers?.test(url)) ?? places.find(place => isHere(place.path, url));
}

/** Entries of the bar at the thumb; what is beyond them lies behind the last. */
const FIT = 5;

interface ShellProps {
  places: readonly Place[];
  person: { id: string; name: string; role: string };
  children: ComponentChildren;
}

export function Shell({ places, person, children }: ShellProps) {
  const { path: url } = useLocation();
  const here = placeOf(places, url);
  const [more, setMore] = useState(false);
  useEffect(() => setMore(false), [url]);
  // The bar of a phone has room for five.
  const rest = places.length > FIT ? places.slice(FIT - 1) : [];
  return (
    <div class="shell">
      <a href="#main" class="skip" onClick={skipToMain}>
        {t("nav.skip")}
      </a>
      <header class="shell-head">
        <a href="/" class="brand" data-testid="nav-home">
          <Mark />
          <span>{t("app.name")}</span>
        </a>
        <Bell />
        <a
          href="/profile"
          class="shell-person"
          data-testid="nav-profile"
          aria-current={isHere("/profile", url) ? "page" : undefined}
        >
          <Avatar name={person.name} id={person.id} size={36} />
          <span class="shell-person-words">
            <span class="shell-person-name">{person.name}</span>
            <span class="muted small">{person.role}</span>
          </span>
          <span class="hidden-text">{t("nav.profile")}</span>
        </a>
        <a
          href="/help"
          class="shell-help"
          title={t("help.title")}
          data-testid="nav-help"
          aria-current={isHere("/help", url) ? "page" : undefined}
        >
          <CircleQuestionMark size={22} aria-hidden />
          <span class="hidden-text">{t("help.title")}</span>
        </a>
      </header>
      <nav class={places.length > 1 ? "shell-nav" : "shell-nav shell-nav-single"} aria-label={t("nav.label")}>
        {places.map(place => (
          <a
            key={place.path}
            href={place.path}
            class={rest.includes(place) ? "shell-place shell-place-rest" : "shell-place"}
            data-testid={place.testid}
            aria-current={place === here ? "page" : undefined}
          >
            <place.icon size={22} aria-hidden />
            <span>{place.label}</span>
          </a>
        ))}
        {rest.length > 0 && (
          <button
            type="button"
            class="shell-place shell-more"
            aria-haspopup="dialog"
            aria-current={here && rest.includes(here) ? "true" : undefined}
            onClick={() => setMore(true)}
            data-testid="nav-more"
          >
            <Ellipsis size={22} aria-hidden />
            <span>{t("nav.more")}</span>
          </button>
        )}
      </nav>
      <Dialog open={more} title={t("nav.more")} onClose={() => setMore(false)} testid="nav-rest">
        <nav class="shell-rest" aria-label={t("nav.more")}>
          {rest.map(place => (
            <a
              key={place.path}
              href={place.path}
              class="shell-rest-place"
              aria-current={place === here ? "page" : undefined}
              onClick={() => setMore(false)}
            >
              <place.icon size={22} aria-hidden />
              <span>{place.label}</span>
            </a>
          ))}
        </nav>
      </Dialog>
      <main id="main" class="shell-main" tabIndex={-1}>
        {children}
        <footer class="shell-foot">
          <SupportButton place="page" />
        </footer>
      </main>
    </div>
  );
}

function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

interface PageProps {
  title: string;
  /** Words under the title. */
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  narrow?: boolean;
  /** The heading is for screen readers and the tab only: the page says it in its own way. */
  quiet?: boolean;
  testid?: string;
}

/** Names the browser tab and puts the focus on the heading, so that a change of page is heard. */
export function useArrival(title: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} - ${t("app.name")}`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest("nav, header")) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return heading;
}

export function Page({ title, lead, actions, children, narrow, quiet, testid }: PageProps) {
  const heading = useArrival(title);
  return (
    <div class={narrow ? "page page-narrow" : "page"} data-testid={testid}>
      <header class={quiet ? "hidden-text" : "page-head"}>
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <div class="muted">{lead}</div>}
        </div>
        {actions && <div class="row page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface DoorProps {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
  wide?: boolean;
  testid?: string;
}

export function Door({ title, lead, children, wide, testid }: DoorProps) {
  const heading = useArrival(title);
  return (
    <div class="door" data-testid={testid}>
      <header class="door-head">
        <span class="brand">
          <Mark />
          <span>{t("app.name")}</span>
        </span>
        <div class="row">
          <HelpLink words={false} />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" class={wide ? "door-main door-wide" : "door-main"}>
        <div class="door-card">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="muted">{lead}</p>}
          {children}
        </div>
      </main>
    </div>
  );
}

/** A white sheet on the page's ground. */
export function Card(props: {
  title?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  testid?: string;
}) {
  return (
    <section class="card" data-testid={props.testid}>
      {props.title && (
        <header class="card-head">
          <h2>{props.title}</h2>
          {props.actions}
        </header>
      )}
      {props.children}
    </section>
  );
}
