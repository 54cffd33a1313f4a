/** The words on the command line do not fit; the command's help follows the message. */
export class Usage extends Error {
  override name = 'Usage';
}
