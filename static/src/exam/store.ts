/**
 * A drawer that outlives a power cut: local storage, or the memory of the page where a browser gives none.
 * Also the name of this tab, the same through a reload and never shared by two living tabs.
 */

export interface Drawer {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  keys(): string[];
}

export class MemoryDrawer implements Drawer {
  private readonly kept = new Map<string, string>();
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
  keys(): string[] {
    return [...this.kept.keys()];
  }
}

/** What the disk does not take (full, forbidden) is kept in memory: it is still sent. */
class LocalDrawer extends MemoryDrawer {
  constructor(private readonly disk: Storage) {
    super();
  }
  override getItem(key: string): string | null {
    return super.getItem(key) ?? this.disk.getItem(key);
  }
  override setItem(key: string, value: string): void {
    try {
      this.disk.setItem(key, value);
      super.removeItem(key);
    } catch {
      super.setItem(key, value);
    }
  }
  override removeItem(key: string): void {
    super.removeItem(key);
    this.disk.removeItem(key);
  }
  override keys(): string[] {
    return [...new Set([...Object.keys(this.disk), ...super.keys()])];
  }
}

export function openDrawer(): Drawer {
  try {
    return new LocalDrawer(localStorage);
  } catch {
    return new MemoryDrawer();
  }
}

export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/** A reloaded page's lock may be let go a moment late, ms. */
const LOCK_WITHIN = 600;

/**
 * The name of this tab for an exam. It lives in session storage, which a duplicated tab copies: the lock
 * tells whether another living tab has the name already.
 */
export async function tabName(exam: string): Promise<string> {
  const place = `sabak.exam.tab.${exam}`;
  let name = "";
  try {
    name = sessionStorage.getItem(place) ?? "";
  } catch {
    // No storage: a reload counts as a new tab.
  }
  if (!name || !(await hold(name))) {
    name = randomName();
    void hold(name);
  }
  try {
    sessionStorage.setItem(place, name);
  } catch {
    // As above.
  }
  return name;
}

/** Hold a name until the page goes; false where another tab has it. */
function hold(name: string): Promise<boolean> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (!locks) return Promise.resolve(true);
  return new Promise(resolve => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), LOCK_WITHIN);
    locks
      .request(`sabak.exam.${name}`, { signal: late.signal }, () => {
        clearTimeout(timer);
        resolve(true);
        return new Promise<never>(() => undefined);
      })
      .catch(() => resolve(false));
  });
}
