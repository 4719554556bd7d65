/*
 * What the library makes of callers that do it wrong, and of callers in several threads.
 *
 *   checks MODEL ECG FOLDER
 *
 * Prints the first check that does not hold, and ends with 1.
 */
#include <ecg2mri.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: %s; last error: %s\n", __LINE__, #condition,                 \
                    ecg2mri_last_error());                                                         \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define REJECTED(call, word)                                                                       \
    do {                                                                                           \
        CHECK((call) == ECG2MRI_STATUS_INVALID_ARGUMENT);                                          \
        CHECK(strstr(ecg2mri_last_error(), word) != NULL);                                         \
        CHECK(ecg2mri_last_refusal() == ECG2MRI_REFUSAL_NONE);                                     \
    } while (0)

enum { LEADS = 12, SAMPLES = 5000, THREADS = 4 };

static const char *const NAMES[LEADS] = {"I",  "II", "III", "aVR", "aVL", "aVF",
                                         "V1", "V2", "V3",  "V4",  "V5",  "V6"};
static float flat[LEADS * SAMPLES];

static ecg2mri_samples samples_of(const float *millivolts)
{
    ecg2mri_samples samples;
    memset(&samples, 0, sizeof samples);
    samples.size = sizeof samples;
    samples.lead_count = LEADS;
    samples.lead_names = NAMES;
    samples.samples_per_lead = SAMPLES;
    samples.millivolts = millivolts;
    samples.sampling_rate_hz = 500;
    return samples;
}

static void null_pointers(const char *model, ecg2mri_pipeline *pipeline,
                          ecg2mri_recording *recording, ecg2mri_result *result)
{
    ecg2mri_pipeline *no_pipeline = NULL;
    ecg2mri_recording *no_recording = NULL;
    ecg2mri_result *no_result = NULL;
    const unsigned char *bytes = NULL;
    size_t length = 0;
    REJECTED(ecg2mri_pipeline_open(NULL, &no_pipeline), "model_folder");
    REJECTED(ecg2mri_pipeline_open(model, NULL), "pipeline");
    REJECTED(ecg2mri_recording_read(NULL, &no_recording), "path");
    REJECTED(ecg2mri_recording_read("x", NULL), "recording");
    REJECTED(ecg2mri_recording_from_samples(NULL, &no_recording), "ecg2mri_samples");
    REJECTED(ecg2mri_generate(NULL, recording, 0, &no_result), "pipeline");
    REJECTED(ecg2mri_generate(pipeline, NULL, 0, &no_result), "recording");
    REJECTED(ecg2mri_generate(pipeline, recording, 0, NULL), "result");
    REJECTED(ecg2mri_result_picture(NULL, NULL), "result");
    REJECTED(ecg2mri_result_picture(result, NULL), "ecg2mri_picture");
    REJECTED(ecg2mri_result_measurements(result, NULL), "ecg2mri_measurements");
    REJECTED(ecg2mri_result_png(NULL, &bytes, &length), "result");
    REJECTED(ecg2mri_result_png(result, NULL, &length), "bytes");
    REJECTED(ecg2mri_result_png(result, &bytes, NULL), "length");
    REJECTED(ecg2mri_result_write_png(result, NULL), "path");
    REJECTED(ecg2mri_result_report(result, NULL), "json");
    CHECK(no_pipeline == NULL && no_recording == NULL && no_result == NULL && bytes == NULL);
    CHECK(ecg2mri_pipeline_model_name(NULL) == NULL && ecg2mri_pipeline_model_sha256(NULL) == NULL);
    CHECK(ecg2mri_recording_lead_count(NULL) == 0 && ecg2mri_recording_samples_per_lead(NULL) == 0);
    CHECK(ecg2mri_recording_sampling_rate(NULL) == 0 && ecg2mri_result_warnings(NULL) == 0);
    ecg2mri_pipeline_free(NULL);
    ecg2mri_recording_free(NULL);
    ecg2mri_result_free(NULL);
}

static void wrong_arguments(ecg2mri_pipeline *pipeline, ecg2mri_recording *recording,
                            ecg2mri_result *result)
{
    ecg2mri_pipeline *no_pipeline = NULL;
    ecg2mri_recording *no_recording = NULL;
    ecg2mri_result *no_result = NULL;
    REJECTED(ecg2mri_pipeline_open("models/\xff", &no_pipeline), "UTF-8");
    REJECTED(ecg2mri_recording_read("\xc3(", &no_recording), "UTF-8");
    REJECTED(ecg2mri_result_write_png(result, "\x80.png"), "UTF-8");
    REJECTED(ecg2mri_generate(pipeline, recording, 2, &no_result), "flags");
    REJECTED(ecg2mri_generate(pipeline, recording, 0, (ecg2mri_result **)((char *)&no_result + 1)),
             "aligned");
    CHECK(ecg2mri_pipeline_open("/no/such/folder", &no_pipeline) == ECG2MRI_STATUS_MODEL);
    CHECK(strstr(ecg2mri_last_error(), "/no/such/folder") != NULL);
    CHECK(ecg2mri_recording_read("/no/such/file.hea", &no_recording) == ECG2MRI_STATUS_RECORDING);
    CHECK(strstr(ecg2mri_last_error(), "no such file") != NULL);
    CHECK(ecg2mri_result_write_png(result, "/no/such/folder/x.png") == ECG2MRI_STATUS_OUTPUT);
    CHECK(no_pipeline == NULL && no_recording == NULL && no_result == NULL);
}

static void wrong_structures(ecg2mri_result *result)
{
    ecg2mri_recording *recording = NULL;
    ecg2mri_samples samples = samples_of(flat);
    samples.size = 0;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "sizeof");
    samples = samples_of(flat);
    samples.lead_count = LEADS + 1;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "lead_count");
    samples.lead_count = 0;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "lead_count");
    samples = samples_of(flat);
    samples.samples_per_lead = 0;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "samples_per_lead");
    samples.samples_per_lead = (size_t)-1 / 2;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "millivolts");
    samples = samples_of(NULL);
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "millivolts");
    samples = samples_of(flat);
    samples.lead_names = NULL;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "lead_names");
    const char *names[LEADS];
    memcpy(names, NAMES, sizeof names);
    samples.lead_names = names;
    names[3] = NULL;
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "name");
    names[3] = "V9";
    REJECTED(ecg2mri_recording_from_samples(&samples, &recording), "V9");
    names[3] = "I";
    CHECK(ecg2mri_recording_from_samples(&samples, &recording) == ECG2MRI_STATUS_RECORDING);
    samples = samples_of(flat);
    samples.sampling_rate_hz = NAN;
    CHECK(ecg2mri_recording_from_samples(&samples, &recording) == ECG2MRI_STATUS_RECORDING);
    flat[7] = INFINITY;
    samples = samples_of(flat);
    CHECK(ecg2mri_recording_from_samples(&samples, &recording) == ECG2MRI_STATUS_RECORDING);
    flat[7] = 0;
    CHECK(recording == NULL);

    ecg2mri_picture picture;
    memset(&picture, 0, sizeof picture);
    REJECTED(ecg2mri_result_picture(result, &picture), "sizeof");
    CHECK(picture.values == NULL);
    ecg2mri_measurements measured;
    memset(&measured, 0, sizeof measured);
    measured.size = sizeof measured - 1;
    REJECTED(ecg2mri_result_measurements(result, &measured), "sizeof");

    /* A program of a later version, which knows more fields. */
    struct {
        ecg2mri_measurements known;
        double later;
    } grown;
    memset(&grown, 0, sizeof grown);
    grown.known.size = sizeof grown;
    grown.later = -1;
    CHECK(ecg2mri_result_measurements(result, &grown.known) == ECG2MRI_STATUS_DONE);
    CHECK(grown.known.size == sizeof grown.known && grown.later == -1);
    CHECK(grown.known.heart_rate_bpm > 30 && grown.known.heart_rate_bpm < 200);
}

static void refusals(ecg2mri_pipeline *pipeline)
{
    ecg2mri_recording *recording = NULL;
    ecg2mri_result *result = NULL;
    ecg2mri_samples samples = samples_of(flat);
    CHECK(ecg2mri_recording_from_samples(&samples, &recording) == ECG2MRI_STATUS_DONE);
    CHECK(ecg2mri_recording_lead_count(recording) == LEADS);
    CHECK(ecg2mri_recording_samples_per_lead(recording) == SAMPLES);
    CHECK(ecg2mri_recording_sampling_rate(recording) == 500);
    CHECK(ecg2mri_generate(pipeline, recording, 0, &result) == ECG2MRI_STATUS_REFUSED);
    CHECK(ecg2mri_last_refusal() == ECG2MRI_REFUSAL_SIGNAL);
    CHECK(strstr(ecg2mri_last_error(), "no lead swings") != NULL);
    /* No force makes a heart beat of a flat line. */
    CHECK(ecg2mri_generate(pipeline, recording, ECG2MRI_FORCE, &result) == ECG2MRI_STATUS_REFUSED);
    ecg2mri_recording_free(recording);
    recording = NULL;
    samples.lead_count = 6;
    CHECK(ecg2mri_recording_from_samples(&samples, &recording) == ECG2MRI_STATUS_DONE);
    CHECK(ecg2mri_generate(pipeline, recording, 0, &result) == ECG2MRI_STATUS_RECORDING);
    CHECK(strstr(ecg2mri_last_error(), "missing") != NULL);
    ecg2mri_recording_free(recording);
    CHECK(result == NULL);
}

struct task {
    ecg2mri_pipeline *pipeline;
    ecg2mri_recording *recording;
    ecg2mri_result *shared;
    const float *expected;
    size_t values;
};

static void *generate_again(void *given)
{
    const struct task *task = given;
    CHECK(strcmp(ecg2mri_last_error(), "") == 0);
    ecg2mri_result *result = NULL;
    CHECK(ecg2mri_generate(task->pipeline, task->recording, ECG2MRI_FORCE, &result) ==
          ECG2MRI_STATUS_DONE);
    ecg2mri_picture picture;
    memset(&picture, 0, sizeof picture);
    picture.size = sizeof picture;
    CHECK(ecg2mri_result_picture(result, &picture) == ECG2MRI_STATUS_DONE);
    CHECK(memcmp(picture.values, task->expected, task->values * sizeof(float)) == 0);
    ecg2mri_result_free(result);
    const char *report = NULL;
    CHECK(ecg2mri_result_report(task->shared, &report) == ECG2MRI_STATUS_DONE);
    CHECK(strstr(report, "NOT FOR DIAGNOSIS") != NULL);
    ecg2mri_recording *none = NULL;
    REJECTED(ecg2mri_recording_read(NULL, &none), "path");
    return NULL;
}

static void threads(ecg2mri_pipeline *pipeline, ecg2mri_recording *recording,
                    ecg2mri_result *result)
{
    ecg2mri_picture picture;
    memset(&picture, 0, sizeof picture);
    picture.size = sizeof picture;
    CHECK(ecg2mri_result_picture(result, &picture) == ECG2MRI_STATUS_DONE);
    CHECK(picture.size == sizeof picture && picture.views == 2 && picture.phases == 2);
    CHECK(strcmp(picture.view_names[1], "four-chamber") == 0);
    CHECK(strcmp(picture.phase_names[0], "end-diastole") == 0);
    CHECK(picture.pixel_mm > 0 && picture.deviation != NULL);
    size_t values = picture.views * picture.phases * picture.height * picture.width;
    struct task task = {pipeline, recording, result, picture.values, values};
    pthread_t thread[THREADS];
    for (int number = 0; number < THREADS; number++) {
        CHECK(pthread_create(&thread[number], NULL, generate_again, &task) == 0);
    }
    for (int number = 0; number < THREADS; number++) {
        CHECK(pthread_join(thread[number], NULL) == 0);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 4);
    CHECK(ecg2mri_abi_version() == ECG2MRI_ABI_VERSION && strlen(ecg2mri_version()) >= 5);
    CHECK(strcmp(ecg2mri_last_error(), "") == 0);
    ecg2mri_pipeline *pipeline = NULL;
    ecg2mri_recording *recording = NULL;
    ecg2mri_result *result = NULL;
    CHECK(ecg2mri_pipeline_open(argv[1], &pipeline) == ECG2MRI_STATUS_DONE);
    CHECK(ecg2mri_recording_read(argv[2], &recording) == ECG2MRI_STATUS_DONE);
    CHECK(ecg2mri_generate(pipeline, recording, ECG2MRI_FORCE, &result) == ECG2MRI_STATUS_DONE);
    CHECK(strlen(ecg2mri_pipeline_model_name(pipeline)) > 0);
    CHECK(strlen(ecg2mri_pipeline_model_sha256(pipeline)) == 64);

    threads(pipeline, recording, result);
    null_pointers(argv[1], pipeline, recording, result);
    wrong_arguments(pipeline, recording, result);
    wrong_structures(result);
    refusals(pipeline);

    /* A result outlives what it was made with. */
    ecg2mri_pipeline_free(pipeline);
    ecg2mri_recording_free(recording);
    const unsigned char *png = NULL;
    size_t length = 0;
    CHECK(ecg2mri_result_png(result, &png, &length) == ECG2MRI_STATUS_DONE);
    CHECK(length > 1000 && memcmp(png + 1, "PNG", 3) == 0);
    char path[4096];
    CHECK(snprintf(path, sizeof path, "%s/checks.png", argv[3]) < (int)sizeof path);
    CHECK(ecg2mri_result_write_png(result, path) == ECG2MRI_STATUS_DONE);
    ecg2mri_result_free(result);
    printf("all checks hold\n");
    return 0;
}
