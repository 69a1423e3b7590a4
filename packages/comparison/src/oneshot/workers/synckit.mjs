import { runAsWorker } from 'synckit';

runAsWorker(async (question) => question * 3);
