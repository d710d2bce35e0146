export const other = 'not the thread';
