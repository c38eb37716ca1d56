/** Counts as bars, with their share of the votes. */

export function CountBars(props: { options: readonly string[]; counts: readonly number[]; votes: number }) {
  const { options, counts, votes } = props;
  const most = Math.max(1, ...counts);
  return (
    <ol role="list" class="bars-list">
      {options.map((option, index) => {
        const count = counts[index] ?? 0;
        const share = votes > 0 ? Math.round((count / votes) * 100) : 0;
        return (
          <li key={option} class="bar-row" data-testid="poll-bar" data-count={count}>
            <span class="bar-words" dir="auto">
              {option}
            </span>
            <span class="bar-count numbers">
              {count} <span class="muted">{share} %</span>
            </span>
            <span class="bar-track" aria-hidden="true">
              <span
                class={count === most ? "bar-fill bar-most" : "bar-fill"}
                style={{ width: `${votes > 0 ? (count / votes) * 100 : 0}%` }}
              />
            </span>
          </li>
        );
      })}
    </ol>
  );
}
