import { Icon } from '../components/icon';
import { Button } from '../ui/button';
import type { Notice } from './notices';

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
