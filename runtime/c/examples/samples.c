/*
 * From samples in memory, as an amplifier delivers them, to a picture and its values.
 *
 *   samples MODEL OUT.png < SAMPLES
 *
 * SAMPLES are 10 seconds of the leads I, II and V1 to V6 at 500 Hz: 5000 frames of eight 32-bit floats of this machine,
 * in millivolts. The other four leads follow from I and II.
 */
#include <ecg2mri.h>

#include <stdio.h>
#include <stdlib.h>

enum { LEADS = 8, SAMPLES = 5000 };

static const char *const LEAD_NAMES[LEADS] = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};

/* Reads frame by frame and stores lead by lead, as the library takes it. */
static int acquire(float *millivolts)
{
    float frame[LEADS];
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        if (fread(frame, sizeof frame, 1, stdin) != 1) {
            return 0;
        }
        for (size_t lead = 0; lead < LEADS; lead++) {
            millivolts[lead * SAMPLES + sample] = frame[lead];
        }
    }
    return 1;
}

/* Prints the mean grey value and the mean predicted deviation of each picture. */
static void describe(const ecg2mri_picture *picture)
{
    size_t pixels = picture->height * picture->width;
    for (size_t view = 0; view < picture->views; view++) {
        for (size_t phase = 0; phase < picture->phases; phase++) {
            size_t first = (view * picture->phases + phase) * pixels;
            double grey = 0, deviation = 0;
            for (size_t pixel = first; pixel < first + pixels; pixel++) {
                grey += picture->values[pixel];
                deviation += picture->deviation != NULL ? picture->deviation[pixel] : 0;
            }
            printf("%s, %s: %zu x %zu pixels of %.2f mm, mean %.4f, deviation %.4f\n",
                   picture->view_names[view], picture->phase_names[phase], picture->height,
                   picture->width, picture->pixel_mm, grey / (double)pixels,
                   deviation / (double)pixels);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: samples MODEL OUT.png < SAMPLES\n");
        return 2;
    }
    float *millivolts = malloc(sizeof(float) * LEADS * SAMPLES);
    if (millivolts == NULL || !acquire(millivolts)) {
        fprintf(stderr, "samples: standard input holds less than %d frames\n", (int)SAMPLES);
        free(millivolts);
        return 1;
    }
    ecg2mri_samples samples = {
        .size = sizeof samples,
        .lead_count = LEADS,
        .lead_names = LEAD_NAMES,
        .samples_per_lead = SAMPLES,
        .millivolts = millivolts,
        .sampling_rate_hz = 500,
    };
    ecg2mri_pipeline *pipeline = NULL;
    ecg2mri_recording *recording = NULL;
    ecg2mri_result *result = NULL;
    ecg2mri_status status = ecg2mri_recording_from_samples(&samples, &recording);
    free(millivolts); /* They were copied. */
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_pipeline_open(argv[1], &pipeline);
    }
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_generate(pipeline, recording, 0, &result);
        if (status == ECG2MRI_STATUS_REFUSED) {
            /* Better to record again. A picture that is made all the same says so in its pixels. */
            fprintf(stderr, "samples: %s\n", ecg2mri_last_error());
            status = ecg2mri_generate(pipeline, recording, ECG2MRI_FORCE, &result);
        }
    }
    ecg2mri_picture picture = {.size = sizeof picture};
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_result_picture(result, &picture);
    }
    if (status == ECG2MRI_STATUS_DONE) {
        status = ecg2mri_result_write_png(result, argv[2]);
    }
    if (status == ECG2MRI_STATUS_DONE) {
        describe(&picture);
    } else {
        fprintf(stderr, "samples: %s\n", ecg2mri_last_error());
    }
    ecg2mri_pipeline_free(pipeline);
    ecg2mri_recording_free(recording);
    ecg2mri_result_free(result);
    return status == ECG2MRI_STATUS_DONE ? 0 : 1;
}
