/** From one board to many: the way to the tab that asks about random boards. */
export function SweepLink({ onTab }: { readonly onTab: (id: string) => void }) {
  return (
    <p class="sweep-link">
      <button type="button" class="link" onClick={() => onTab('sweep')}>
        How often is it right on random boards?
      </button>
    </p>
  );
}
