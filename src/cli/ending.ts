/** Resolves when the process is told to stop. A second Ctrl-C does not wait. */
export function whenTold(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    let times = 0;
    process.on(signal, () => {
      times++;
      if (signal === 'SIGINT' && times > 1) process.exit(130);
      resolve();
    });
  }
  return promise;
}
