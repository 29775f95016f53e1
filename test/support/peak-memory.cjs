// Preloaded into a process to say on its standard error how much memory it ever held.
process.on('exit', () => process.stderr.write(`\nPEAK_KB ${process.resourceUsage().maxRSS}\n`));
