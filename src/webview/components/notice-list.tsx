import { useState } from 'preact/hooks';
import { Button } from '../ui/button';
import { counted } from './format';
import { Icon } from './icon';
import './notice-list.css';

/** Something the user should know, in place: one sentence, what to do, and whether the log says more. */
export interface Notice {
  readonly id: string;
  readonly kind: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly action?: string;
  readonly log: boolean;
  /** Whether it can be put away: it is about a request that is over. */
  readonly dismissable?: boolean;
  /** Whether it is shown on request where others like it come before: what is good to know, and no more. */
  readonly folds?: boolean;
}

export interface NoticeListProps {
  readonly notices: readonly Notice[];
  readonly onLog: () => void;
  readonly onDismiss: () => void;
}

export function NoticeList({ notices, onLog, onDismiss }: NoticeListProps) {
  const [open, setOpen] = useState(false);
  const [first, ...more] = notices.filter(({ folds }) => folds);
  const shown = open ? notices : notices.filter((notice) => !more.includes(notice));
  return (
    <div class="notices">
      {shown.map((notice) => (
        <div key={notice.id} class={`notice notice-${notice.kind}`} role={notice.kind === 'error' ? 'alert' : 'status'}>
          <Icon name={notice.kind} />
          <p>
            {notice.message}
            {notice.action && <> {notice.action}</>}
            {notice === first && more.length > 0 && (
              <>
                {' '}
                <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
                  {open ? 'Less' : counted(more.length, 'more note')}
                </button>
              </>
            )}
            {notice.log && (
              <>
                {' '}
                <button type="button" class="link" onClick={onLog}>
                  Show Log
                </button>
              </>
            )}
          </p>
          {notice.dismissable && (
            <Button appearance="icon" label="Put away" onClick={onDismiss}>
              <Icon name="close" />
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
