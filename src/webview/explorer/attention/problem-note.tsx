import type { ProblemData } from '../../../protocol/errors';
import { Button } from '../../ui/button';

/** What went wrong, where it happened, and what to do. */
export function ProblemNote({ problem, retry }: { readonly problem: ProblemData; readonly retry?: () => void }) {
  return (
    <div class="problem-note" role="alert">
      <p>{problem.message}</p>
      {problem.action && <p class="muted">{problem.action}</p>}
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
