/** Lets work go on after the answer has been sent. The platform may cut it off; nothing that must happen goes here. */
export type Background = (work: Promise<unknown>) => void;
