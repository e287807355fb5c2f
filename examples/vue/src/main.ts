import { createGateway } from '@optimization-gateway/client/vue';
import { createApp } from 'vue';
import JobProgress from './JobProgress.vue';

const query = new URLSearchParams(location.search);

createApp(JobProgress, { jobId: query.get('job') ?? 'job-1' })
  .use(createGateway({ url: query.get('gateway') ?? 'ws://127.0.0.1:8080/ws/optimization' }))
  .mount('#app');
