// Peak memory of a process that has loaded the package and hashes one folder: node hash-peak.mjs FOLDER
import '../../dist/esm/index.js';
import { openDelivery } from '../../dist/esm/io/files.js';
import { digestFiles } from '../../dist/esm/io/hash/digest-files.js';

const delivery = await openDelivery(process.argv[2]);
await digestFiles(delivery, delivery.files);
console.log(process.resourceUsage().maxRSS / 1024);
