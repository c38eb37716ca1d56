/**
 * The facts that go along with a report, in sections: what is about to be sent, and what was.
 */
interface Facts {
  name: string;
  lines: readonly string[];
}

export function FactsList({ of, label }: { of: readonly Facts[]; label: string }) {
  return (
    <div class="support-lines" tabIndex={0} role="region" aria-label={label}>
      {of.map(({ name, lines }) => (
        <section key={name}>
          <h3>{name}</h3>
          <ul role="list">
            {lines.map((line, index) => (
              <li key={index} class="mono">
                {line}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
