/**
 * What a page shows when it has nothing else to show: empty, loading, slow, failed, forbidden, offline.
 * `Load` turns a resource into one of them or into the page. Each says what happened, that nothing was
 * lost, and what to do.
 */
import type { ComponentChildren } from "preact";
import { CloudOff, Inbox, Lock, RotateCw, TriangleAlert } from "lucide-preact";
import { ApiError } from "../api/client";
import { explain } from "../api/explain";
import type { Resource } from "../api/resource";
import { t } from "../i18n";
import { Button, type Icon } from "./Button";
import "./States.css";

interface StateProps {
  icon?: Icon;
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
  testid?: string;
  alert?: boolean;
}

export function State({ icon: Picture = Inbox, title, children, action, testid, alert }: StateProps) {
  return (
    <div class="state" data-testid={testid} role={alert ? "alert" : undefined}>
      <span class="state-picture">
        <Picture size={28} aria-hidden />
      </span>
      <p class="state-title">{title}</p>
      {children && <div class="state-words muted">{children}</div>}
      {action && <div class="row">{action}</div>}
    </div>
  );
}

export function Empty(props: StateProps) {
  return <State {...props} testid={props.testid ?? "empty"} />;
}

/** Grey bars where text will be; the words are for screen readers, `slow` adds them for everybody. */
export function Loading({ lines = 4, slow = false }: { lines?: number; slow?: boolean }) {
  return (
    <div class="loading" role="status" data-testid="loading">
      <span class={slow ? "loading-slow muted" : "hidden-text"}>
        {slow ? t("state.slow") : t("state.loading")}
      </span>
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} class="skeleton" aria-hidden="true">
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const code = error instanceof ApiError ? error.code : "";
  const again = onRetry && (
    <Button icon={RotateCw} onClick={onRetry} data-testid="retry">
      {t("action.retry")}
    </Button>
  );
  if (error instanceof ApiError && error.status === 403) {
    return (
      <State icon={Lock} title={t("state.forbidden")} testid="forbidden" alert>
        {t("state.forbidden_words")}
      </State>
    );
  }
  if (code === "net.offline") {
    return (
      <State icon={CloudOff} title={t("state.offline")} testid="offline" action={again} alert>
        {t("state.offline_words")}
      </State>
    );
  }
  return (
    <State icon={TriangleAlert} title={t("state.failed")} testid="failed" action={again} alert>
      {explain(error)}
    </State>
  );
}

interface LoadProps<T> {
  of: Resource<T>;
  children: (data: T) => ComponentChildren;
  lines?: number;
}

export function Load<T>({ of, children, lines }: LoadProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error !== undefined) return <Failed error={of.error} onRetry={of.reload} />;
  return <Loading lines={lines ?? 4} slow={of.slow} />;
}
