import io.carillon.client.ApiClient;
import io.carillon.client.api.JobsApi;
import io.carillon.client.model.Execution;
import io.carillon.client.model.ExecutionState;
import io.carillon.client.model.JobRequest;
import io.carillon.client.model.JobRequestConfig;
import io.carillon.client.model.JobRequestSchedule;
import io.carillon.client.model.NoopConfig;
import io.carillon.client.model.Schedule;
import java.util.LinkedHashMap;

/** Creates a job, follows its executions until the third has ended, and deletes it. */
public class Follow {
    public static void main(String[] arguments) throws Exception {
        var carillon = new ApiClient();
        carillon.updateBaseUri(System.getenv().getOrDefault("CARILLON_URL", "http://localhost:8080"));
        String key = System.getenv().getOrDefault("CARILLON_KEY", "");
        if (!key.isEmpty()) {
            carillon.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
        }
        var jobs = new JobsApi(carillon);

        var job = jobs.createJob(new JobRequest()
                .name("followed by Java " + System.currentTimeMillis())
                .schedule(new JobRequestSchedule(new Schedule().every("1s").maxRuns(3)))
                .type("noop")
                .config(new JobRequestConfig(new NoopConfig().message("ding"))));
        System.out.println(job.getName() + ", next at " + job.getNextFireAt());

        var seen = new LinkedHashMap<Object, Execution>();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (seen.size() < 3 && System.nanoTime() < deadline) {
            Thread.sleep(200);
            for (var execution : jobs.listJobExecutions(job.getId(), null, null, null, null, null).getItems()) {
                if (execution.getFinishedAt() != null && seen.put(execution.getId(), execution) == null) {
                    System.out.println(execution.getScheduledAt() + " " + execution.getState());
                }
            }
        }
        jobs.deleteJob(job.getId(), null);

        long succeeded = seen.values().stream()
                .filter(each -> each.getState() == ExecutionState.SUCCEEDED)
                .count();
        if (succeeded != 3) {
            throw new IllegalStateException(succeeded + " of 3 have succeeded");
        }
    }
}
