/*
 * From the file of a recording to a picture.
 *
 *   generate MODEL ECG OUT.png [REPORT.json]
 *
 * Exit codes: 0 done, 1 failed, 2 usage, 3 refused for its quality or its kind.
 */
#include <ecg2mri.h>

#include <stdio.h>

static int failed(ecg2mri_status status)
{
    fprintf(stderr, "generate: %s\n", ecg2mri_last_error());
    return status == ECG2MRI_STATUS_REFUSED ? 3 : 1;
}

static int write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return 0;
    }
    int written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: generate MODEL ECG OUT.png [REPORT.json]\n");
        return 2;
    }
    if (ecg2mri_abi_version() != ECG2MRI_ABI_VERSION) {
        fprintf(stderr, "generate: compiled for another version of libecg2mri\n");
        return 1;
    }

    ecg2mri_pipeline *pipeline = NULL;
    ecg2mri_recording *recording = NULL;
    ecg2mri_result *result = NULL;
    ecg2mri_status status = ecg2mri_pipeline_open(argv[1], &pipeline);
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_recording_read(argv[2], &recording);
    }
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_generate(pipeline, recording, 0, &result);
    }
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_result_write_png(result, argv[3]);
    }
    ecg2mri_measurements measured = {.size = sizeof measured};
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_result_measurements(result, &measured);
    }
    const char *report = NULL;
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_result_report(result, &report);
    }

    int code = 0;
    if (status != ECG2MRI_STATUS_DONE) {
        code = failed(status);
    } else {
        printf("%s: %.0f bpm, PR %.0f ms, QRS %.0f ms, QT %.0f ms, QRS axis %.0f degrees\n",
               argv[3], measured.heart_rate_bpm, measured.pr_ms, measured.qrs_ms, measured.qt_ms,
               measured.qrs_axis_deg);
        printf("model %s %.12s\n", ecg2mri_pipeline_model_name(pipeline),
               ecg2mri_pipeline_model_sha256(pipeline));
        if (ecg2mri_result_warnings(result) & ECG2MRI_WARNING_UNUSUAL_ECG) {
            printf("the model learned from few ECGs like this one\n");
        }
        if (argc == 5 && !write_text(argv[4], report)) {
            fprintf(stderr, "generate: %s: cannot be written\n", argv[4]);
            code = 1;
        }
    }
    /* In any order; freeing nothing is fine. */
    ecg2mri_result_free(result);
    ecg2mri_recording_free(recording);
    ecg2mri_pipeline_free(pipeline);
    return code;
}
