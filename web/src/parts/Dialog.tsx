import type { ReactNode } from "react";
import { Dialog as Base } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

/** A dialog over the page; Escape and a press outside close it where `onClose` is given. */
export function Dialog({
  title,
  open,
  onClose,
  children,
  alert = false,
}: {
  title: string;
  open: boolean;
  onClose?: () => void;
  children: ReactNode;
  alert?: boolean;
}) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={open}
      onOpenChange={(is) => !is && onClose?.()}
      isDismissable={onClose !== undefined && !alert}
      isKeyboardDismissDisabled={onClose === undefined}
    >
      <Modal className="dialog">
        <Base role={alert ? "alertdialog" : "dialog"} className="stack">
          <Heading slot="title">{title}</Heading>
          {children}
        </Base>
      </Modal>
    </ModalOverlay>
  );
}
