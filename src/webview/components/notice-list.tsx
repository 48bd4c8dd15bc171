import { Button } from '../ui/button';
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
}

export interface NoticeListProps {
  readonly notices: readonly Notice[];
  readonly onLog: () => void;
  readonly onDismiss: () => void;
}

export function NoticeList({ notices, onLog, onDismiss }: NoticeListProps) {
  return (
    <div class="notices">
      {notices.map((notice) => (
        <div key={notice.id} class={`notice notice-${notice.kind}`} role={notice.kind === 'error' ? 'alert' : 'status'}>
          <Icon name={notice.kind} />
          <p>
            {notice.message}
            {notice.action && <> {notice.action}</>}
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
