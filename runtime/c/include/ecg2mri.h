/*
 * libecg2mri: a 12-lead ECG in, a pseudo-MRI picture out.
 *
 * A pseudo-MRI is synthetic: it is not a scan and not for diagnosis.
 *
 * Written by cbindgen from runtime/c/src; do not edit. How to link, who frees what, threads and versions:
 * runtime/docs/library.md.
 */

#ifndef ECG2MRI_H
#define ECG2MRI_H

#include <stddef.h>
#include <stdint.h>

/*
 The version of the interface that this header describes. It is the number in the name of the shared library,
 libecg2mri.so.0, and goes up when a program has to be compiled anew.
 */
#define ECG2MRI_ABI_VERSION 0

/*
 For the flags of ecg2mri_generate(): make a picture even of a recording that would be refused for its quality or its
 kind. The picture and the report then say so.
 */
#define ECG2MRI_FORCE 1

/*
 Of ecg2mri_result_warnings(): the recording is too poor, and the picture was forced.
 */
#define ECG2MRI_WARNING_POOR_SIGNAL 1

/*
 Of ecg2mri_result_warnings(): the ECG is unlike any that the model learned from, and the picture was forced.
 */
#define ECG2MRI_WARNING_FOREIGN_ECG 2

/*
 Of ecg2mri_result_warnings(): the model learned from few ECGs like this one.
 */
#define ECG2MRI_WARNING_UNUSUAL_ECG 4

/*
 Of ecg2mri_result_warnings(): something that this version of the interface has no number for; the report names it.
 */
#define ECG2MRI_WARNING_OTHER 2147483648

/*
 Why a recording was refused. Later versions may add values.
 */
typedef enum ecg2mri_refusal {
    /*
     The last failure was no refusal.
     */
    ECG2MRI_REFUSAL_NONE = 0,
    /*
     The signal gives no median beat: it is too short, flat, or without heart beats.
     */
    ECG2MRI_REFUSAL_SIGNAL = 1,
    /*
     The signal gives a median beat that is not to be trusted.
     */
    ECG2MRI_REFUSAL_QUALITY = 2,
    /*
     The ECG is unlike any that the model learned from.
     */
    ECG2MRI_REFUSAL_FOREIGN = 3,
} ecg2mri_refusal;

/*
 What a call came to. Every value but ECG2MRI_STATUS_DONE is a failure; ecg2mri_last_error() then says in a
 sentence what is wrong and how to mend it. Later versions may add values: treat one you do not know as a
 failure.
 */
typedef enum ecg2mri_status {
    /*
     It is done.
     */
    ECG2MRI_STATUS_DONE = 0,
    /*
     An argument cannot be right: a null or misaligned pointer, text that is not UTF-8, a structure of a
     wrong size, a flag or a lead that does not exist.
     */
    ECG2MRI_STATUS_INVALID_ARGUMENT = 1,
    /*
     The recording cannot be read, or lacks what a picture needs.
     */
    ECG2MRI_STATUS_RECORDING = 2,
    /*
     The recording was read, but is too poor or too foreign for a picture; another recording of the same
     patient may do. ecg2mri_last_refusal() tells which.
     */
    ECG2MRI_STATUS_REFUSED = 3,
    /*
     The model cannot be loaded, or fails.
     */
    ECG2MRI_STATUS_MODEL = 4,
    /*
     The picture cannot be encoded or written.
     */
    ECG2MRI_STATUS_OUTPUT = 5,
    /*
     A fault of the library itself. Please report it.
     */
    ECG2MRI_STATUS_INTERNAL = 6,
} ecg2mri_status;

/*
 A loaded model with the steps before and after it. Any number of threads may generate with one at the same time.
 */
typedef struct ecg2mri_pipeline ecg2mri_pipeline;

/*
 A 12-lead ECG.
 */
typedef struct ecg2mri_recording ecg2mri_recording;

/*
 A picture and what it was made from. It is never changed, so any number of threads may read it at the same time.
 */
typedef struct ecg2mri_result ecg2mri_result;

/*
 Samples in memory.
 */
typedef struct ecg2mri_samples {
    /*
     sizeof(ecg2mri_samples).
     */
    size_t size;
    /*
     Number of leads. Eight are enough (I, II, V1 to V6), the others follow from them.
     */
    size_t lead_count;
    /*
     Their names, as "I", "aVR", "V1", in any case.
     */
    const char *const *lead_names;
    /*
     Samples of each lead.
     */
    size_t samples_per_lead;
    /*
     All samples in millivolts: all of the first lead, then all of the second, and so on; lead_count times
     samples_per_lead in number. 10 seconds are usual, 3 the least.
     */
    const float *millivolts;
    /*
     Samples per second, 100 at the least.
     */
    double sampling_rate_hz;
} ecg2mri_samples;

/*
 The values of a picture. All that it points to is the result's.
 */
typedef struct ecg2mri_picture {
    /*
     sizeof(ecg2mri_picture) before, and the bytes that were filled after.
     */
    size_t size;
    /*
     Imaging planes.
     */
    size_t views;
    /*
     Phases of the heart cycle.
     */
    size_t phases;
    /*
     Rows of one picture.
     */
    size_t height;
    /*
     Columns of one picture.
     */
    size_t width;
    /*
     Edge of a pixel in millimetres of the patient.
     */
    double pixel_mm;
    /*
     Grey values, 0 is black and 1 white, in the order view, phase, row, column; they may lie somewhat outside.
     */
    const float *values;
    /*
     The standard deviation that the model predicts of each value's error, in the same order; null if it predicts none.
     */
    const float *deviation;
    /*
     Names of the views, e.g. "four-chamber".
     */
    const char *const *view_names;
    /*
     Names of the phases, e.g. "end-diastole".
     */
    const char *const *phase_names;
} ecg2mri_picture;

/*
 What was measured on the ECG; NaN where there is no such wave. The report holds more.
 */
typedef struct ecg2mri_measurements {
    /*
     sizeof(ecg2mri_measurements) before, and the bytes that were filled after.
     */
    size_t size;
    /*
     Mean ventricular rate in beats per minute.
     */
    double heart_rate_bpm;
    /*
     P onset to P offset.
     */
    double p_ms;
    /*
     P onset to QRS onset.
     */
    double pr_ms;
    /*
     QRS onset to QRS offset.
     */
    double qrs_ms;
    /*
     QRS onset to T offset.
     */
    double qt_ms;
    /*
     QT for a rate of 60 by Bazett's formula.
     */
    double qtc_bazett_ms;
    /*
     The same by Fridericia's.
     */
    double qtc_fridericia_ms;
    /*
     The same by the Framingham study's.
     */
    double qtc_framingham_ms;
    /*
     The same by Hodges'.
     */
    double qtc_hodges_ms;
    /*
     Axis of the P wave in the frontal plane; 0 is lead I, 90 is aVF.
     */
    double p_axis_deg;
    /*
     Axis of the QRS complex.
     */
    double qrs_axis_deg;
    /*
     Axis of the T wave.
     */
    double t_axis_deg;
    /*
     S in V1 plus the larger R of V5 and V6.
     */
    double sokolow_lyon_mv;
    /*
     R in aVL plus S in V3.
     */
    double cornell_mv;
    /*
     Whole beats, whose waves were looked for.
     */
    size_t beats_measured;
    /*
     Of these, early ones of the usual shape.
     */
    size_t premature_beats;
    /*
     Of these, ones of another shape.
     */
    size_t different_beats;
} ecg2mri_measurements;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 What the last failure in this thread was, as a sentence in UTF-8 that names the file, lead or argument; an
 empty text if none has been. It never holds what a file says of the patient.

 Valid until the next call that fails in the same thread, or until the thread ends.
 */
const char *ecg2mri_last_error(void);

/*
 Why the last failure in this thread was a refusal, if it was one.
 */
enum ecg2mri_refusal ecg2mri_last_refusal(void);

/*
 The version of the interface of the library that the program runs with; compare it with ECG2MRI_ABI_VERSION.
 */
uint32_t ecg2mri_abi_version(void);

/*
 The version of the library, as "0.1.0". Valid for ever.
 */
const char *ecg2mri_version(void);

/*
 Loads and verifies the model in a folder, e.g. "models/cart", and puts a pipeline into `*pipeline`, to be given to
 ecg2mri_pipeline_free() in the end. Where it fails, `*pipeline` stays as it was.

 # Safety
 `model_folder` is null or a text; `pipeline` is null or leads to a pointer.
 */
enum ecg2mri_status ecg2mri_pipeline_open(const char *model_folder,
                                          struct ecg2mri_pipeline **pipeline);

/*
 The model's name. Valid until the pipeline is freed; null if `pipeline` is null.

 # Safety
 `pipeline` is null or came from ecg2mri_pipeline_open() and is not freed.
 */
const char *ecg2mri_pipeline_model_name(const struct ecg2mri_pipeline *pipeline);

/*
 The model's digest, 64 hexadecimal digits, which also stands in pictures and reports. Valid until the pipeline is
 freed; null if `pipeline` is null.

 # Safety
 As ecg2mri_pipeline_model_name().
 */
const char *ecg2mri_pipeline_model_sha256(const struct ecg2mri_pipeline *pipeline);

/*
 Frees a pipeline; does nothing with null. Results made with it stay valid.

 # Safety
 `pipeline` is null, or came from ecg2mri_pipeline_open(), is not freed yet, and no thread uses it.
 */
void ecg2mri_pipeline_free(struct ecg2mri_pipeline *pipeline);

/*
 Reads a recording, whatever its format, and puts it into `*recording`, to be given to ecg2mri_recording_free() in
 the end. Where it fails, `*recording` stays as it was. A WFDB record is named by its header or without extension.

 # Safety
 `path` is null or a text; `recording` is null or leads to a pointer.
 */
enum ecg2mri_status ecg2mri_recording_read(const char *path,
                                           struct ecg2mri_recording **recording);

/*
 Makes a recording of samples in memory, which are copied, and puts it into `*recording`, to be given to
 ecg2mri_recording_free() in the end. Where it fails, `*recording` stays as it was.

 # Safety
 `samples` is null or leads to a structure whose size is what it says, and whose pointers are null or lead to as many
 names and values as it says; `recording` is null or leads to a pointer.
 */
enum ecg2mri_status ecg2mri_recording_from_samples(const struct ecg2mri_samples *samples,
                                                   struct ecg2mri_recording **recording);

/*
 Number of leads of a recording; 0 if it is null.

 # Safety
 `recording` is null, or came from this library and is not freed.
 */
size_t ecg2mri_recording_lead_count(const struct ecg2mri_recording *recording);

/*
 Samples of each lead of a recording; 0 if it is null.

 # Safety
 As ecg2mri_recording_lead_count().
 */
size_t ecg2mri_recording_samples_per_lead(const struct ecg2mri_recording *recording);

/*
 Samples per second of a recording; 0 if it is null.

 # Safety
 As ecg2mri_recording_lead_count().
 */
double ecg2mri_recording_sampling_rate(const struct ecg2mri_recording *recording);

/*
 Frees a recording; does nothing with null. Results made of it stay valid.

 # Safety
 `recording` is null, or came from this library, is not freed yet, and no thread uses it.
 */
void ecg2mri_recording_free(struct ecg2mri_recording *recording);

/*
 Generates the pseudo-MRI of a recording and puts it into `*result`, to be given to ecg2mri_result_free() in the end.
 Where it fails, `*result` stays as it was. `flags` is 0 or ECG2MRI_FORCE.

 # Safety
 `pipeline` and `recording` are null, or came from this library and are not freed; `result` is null or leads to a
 pointer.
 */
enum ecg2mri_status ecg2mri_generate(const struct ecg2mri_pipeline *pipeline,
                                     const struct ecg2mri_recording *recording,
                                     uint32_t flags,
                                     struct ecg2mri_result **result);

/*
 What a reader of the picture must be warned of: a sum of ECG2MRI_WARNING_… ; 0 if nothing, or if `result` is null.
 The picture is marked with them, and the report names them.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed.
 */
uint32_t ecg2mri_result_warnings(const struct ecg2mri_result *result);

/*
 All views and phases as a PNG file, drawn large and marked as synthetic. `*bytes` and `*length` are filled; the bytes
 are the result's and valid until it is freed.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed; `bytes` and `length` are null or lead to a
 pointer and a number.
 */
enum ecg2mri_status ecg2mri_result_png(const struct ecg2mri_result *result,
                                       const uint8_t **bytes,
                                       size_t *length);

/*
 Writes that PNG to `path`, whole or not at all; a file of that name is replaced.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed; `path` is null or a text.
 */
enum ecg2mri_status ecg2mri_result_write_png(const struct ecg2mri_result *result, const char *path);

/*
 The report as JSON text, as `ecg2mri generate --report` writes it: input, model, quality, measurements, estimates,
 uncertainty, warnings, times. The text is the result's and valid until it is freed.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed; `json` is null or leads to a pointer.
 */
enum ecg2mri_status ecg2mri_result_report(const struct ecg2mri_result *result,
                                          const char **json);

/*
 Frees a result with all that it gave: its values, its PNG and its report; does nothing with null.

 # Safety
 `result` is null, or came from ecg2mri_generate(), is not freed yet, and no thread uses it.
 */
void ecg2mri_result_free(struct ecg2mri_result *result);

/*
 Fills `*picture`, whose size must be set. What it points to is valid until the result is freed.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed; `picture` is null or leads to a structure whose
 size is what it says.
 */
enum ecg2mri_status ecg2mri_result_picture(const struct ecg2mri_result *result,
                                           struct ecg2mri_picture *picture);

/*
 Fills `*measurements`, whose size must be set.

 # Safety
 `result` is null, or came from ecg2mri_generate() and is not freed; `measurements` is null or leads to a structure
 whose size is what it says.
 */
enum ecg2mri_status ecg2mri_result_measurements(const struct ecg2mri_result *result,
                                                struct ecg2mri_measurements *measurements);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ECG2MRI_H */
