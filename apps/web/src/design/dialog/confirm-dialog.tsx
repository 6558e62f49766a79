import { Button } from '../button/button.js';
import { Dialog } from './dialog.js';

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** A question: `Delete the plan "documents"?` */
  readonly title: string;
  /** What happens, spelled out. */
  readonly children: React.ReactNode;
  /** The deed, not "OK": `Delete plan`. */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly pending?: boolean;
  readonly danger?: boolean;
}

/** Asks before something that matters; the focus is on the way out. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, children, confirm, onConfirm, pending, danger = false } = props;
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      size="small"
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            Cancel
          </Button>
          <Button kind={danger ? 'danger' : 'primary'} onPress={onConfirm} pending={pending}>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
