/*
 * A QEMU plugin that counts the instructions which an emulated program executes, and says so when it ends.
 *
 *     gcc -shared -fPIC -O2 -DQEMU_API=1 -o count_instructions.so count_instructions.c
 *     qemu-aarch64 -plugin ./count_instructions.so -d plugin ./program
 *
 * QEMU takes plugins of the API version it knows only: 1 up to QEMU 8, 2 and more since. Distributions
 * do not package `qemu-plugin.h`; what is needed of it, the same in all these versions, is declared here
 * (https://www.qemu.org/docs/master/devel/tcg-plugins.html).
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef QEMU_API
#define QEMU_API 1
#endif

typedef uint64_t plugin_id;
struct block; /* A translation block: instructions that are executed one after another. */
enum register_use { NO_REGISTERS };

extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct block *, void (*)(unsigned, void *), enum register_use, void *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern void qemu_plugin_outs(const char *);

int qemu_plugin_version = QEMU_API;

static atomic_uint_fast64_t executed;

static void count(unsigned processor, void *instructions)
{
    (void)processor;
    atomic_fetch_add_explicit(&executed, (uintptr_t)instructions, memory_order_relaxed);
}

static void translated(plugin_id id, struct block *block)
{
    uintptr_t instructions = qemu_plugin_tb_n_insns(block);
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, count, NO_REGISTERS, (void *)instructions);
}

static void ended(plugin_id id, void *data)
{
    char line[64];
    (void)id;
    (void)data;
    snprintf(line, sizeof line, "instructions: %" PRIu64 "\n", (uint64_t)atomic_load(&executed));
    qemu_plugin_outs(line);
}

int qemu_plugin_install(plugin_id id, const void *info, int arguments, char **values)
{
    (void)info;
    (void)arguments;
    (void)values;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
