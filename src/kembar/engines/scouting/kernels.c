/* The inner loops of ranking, for tables too large for numpy alone.
 *
 * Compiled once by compiled.py where there is a C compiler; kernels.py has the same in numpy.
 * Scores are float32: `table` is (criteria, stride), one alternative a column, the stride a
 * multiple of 32 and filled up with zeros; `weights` is (draws, criteria).
 */
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX512F__
#define LANES 16
#define TILE_DRAWS 12
#else
#define LANES 8
#define TILE_DRAWS 6
#endif
#define TILE (2 * LANES)
#define BLOCK 1024 /* alternatives scored at a time: their criteria stay in the second cache */

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef float loose __attribute__((vector_size(LANES * 4), aligned(4)));

/* The scores of TILE_DRAWS draws for alternatives from..to, both accumulators in registers. */
static void score_tile(const float *table, long stride, long criteria, const float *weights,
                       long from, long to, float *scores, long row) {
    for (long i = from; i < to; i += TILE) {
        vec sum[TILE_DRAWS][2];
#pragma GCC unroll 12
        for (int b = 0; b < TILE_DRAWS; b++) sum[b][0] = sum[b][1] = (vec){0};
        for (int k = 0; k < criteria; k++) {
            const float *u = table + k * stride + i;
            vec left = *(const loose *)u, right = *(const loose *)(u + LANES);
#pragma GCC unroll 12
            for (int b = 0; b < TILE_DRAWS; b++) {
                float w = weights[b * criteria + k];
                sum[b][0] += w * left;
                sum[b][1] += w * right;
            }
        }
#pragma GCC unroll 12
        for (int b = 0; b < TILE_DRAWS; b++) {
            float *to_row = scores + b * row + (i - from);
            *(loose *)to_row = sum[b][0];
            *(loose *)(to_row + LANES) = sum[b][1];
        }
    }
}

/* The scores of one draw: what is left over when draws do not fill a tile. */
static void score_one(const float *table, long stride, long criteria, const float *weights,
                      long from, long to, float *scores) {
    for (long i = from; i < to; i += TILE) {
        vec left = {0}, right = {0};
        for (int k = 0; k < criteria; k++) {
            const float *u = table + k * stride + i;
            left += weights[k] * *(const loose *)u;
            right += weights[k] * *(const loose *)(u + LANES);
        }
        *(loose *)(scores + (i - from)) = left;
        *(loose *)(scores + (i - from) + LANES) = right;
    }
}

static void score_draws(const float *table, long stride, long criteria, const float *weights,
                        int draws, long from, long to, float *scores, long row) {
    if (draws == TILE_DRAWS) {
        score_tile(table, stride, criteria, weights, from, to, scores, row);
        return;
    }
    for (int b = 0; b < draws; b++)
        score_one(table, stride, criteria, weights + b * criteria, from, to, scores + b * row);
}

/* The best `keep` seen so far, best first; on equal scores the earlier alternative stays. */
struct best {
    int count;
    float bar;
    float *score;
    int32_t *index;
};

static void look(struct best *best, long keep, const float *scores, long first, long many) {
    for (long i = 0; i < many; i += 64) {
        long end = i + 64 < many ? i + 64 : many;
        float top = -FLT_MAX;
        for (long j = i; j < end; j++) top = scores[j] > top ? scores[j] : top;
        if (top <= best->bar) continue;
        for (long j = i; j < end; j++) {
            float s = scores[j];
            if (s <= best->bar) continue;
            int place = best->count < keep ? best->count++ : keep - 1;
            while (place > 0 && best->score[place - 1] < s) {
                best->score[place] = best->score[place - 1];
                best->index[place] = best->index[place - 1];
                place--;
            }
            best->score[place] = s;
            best->index[place] = (int32_t)(first + j);
            if (best->count == keep) best->bar = best->score[keep - 1];
        }
    }
}

/* Fills index (draws, keep) with the best alternatives of each draw; -1 when memory is short. */
int kembar_best(const float *table, long stride, long criteria, const float *weights, long draws,
                long alternatives, long keep, int32_t *index) {
    float *scores = malloc(sizeof(float) * TILE_DRAWS * BLOCK);
    float *kept = malloc(sizeof(float) * TILE_DRAWS * keep);
    struct best best[TILE_DRAWS];
    int short_of_memory = !scores || !kept;
    for (long b = 0; !short_of_memory && b < draws; b += TILE_DRAWS) {
        int some = draws - b < TILE_DRAWS ? (int)(draws - b) : TILE_DRAWS;
        for (int d = 0; d < some; d++)
            best[d] = (struct best){0, -FLT_MAX, kept + d * keep, index + (b + d) * keep};
        for (long from = 0; from < stride; from += BLOCK) {
            long to = from + BLOCK < stride ? from + BLOCK : stride;
            long real = to < alternatives ? to : alternatives;
            score_draws(table, stride, criteria, weights + b * criteria, some, from, to, scores,
                        BLOCK);
            for (int d = 0; d < some; d++)
                look(&best[d], keep, scores + d * BLOCK, from, real - from);
        }
    }
    free(scores);
    free(kept);
    return -short_of_memory;
}

/* The same from scores (draws, row) that were worked out elsewhere. */
int kembar_best_of(const float *scores, long row, long draws, long alternatives, long keep,
                   int32_t *index) {
    float *kept = malloc(sizeof(float) * keep);
    if (!kept) return -1;
    for (long b = 0; b < draws; b++) {
        struct best best = {0, -FLT_MAX, kept, index + b * keep};
        look(&best, keep, scores + b * row, 0, alternatives);
    }
    free(kept);
    return 0;
}

/* What ranking one draw needs besides its scores. */
struct scratch {
    long buckets;
    uint32_t *start;
    uint16_t *bucket;
    uint64_t *sorted;
};

static int make(struct scratch *scratch, long alternatives) {
    /* With two buckets or more for each alternative, few share one. */
    scratch->buckets = 2;
    while (scratch->buckets < 2 * alternatives && scratch->buckets < 65536) scratch->buckets *= 2;
    scratch->start = malloc(sizeof(uint32_t) * (scratch->buckets + 1));
    scratch->bucket = malloc(sizeof(uint16_t) * alternatives);
    scratch->sorted = malloc(sizeof(uint64_t) * (alternatives + 1));
    return scratch->start && scratch->bucket && scratch->sorted;
}

static void unmake(struct scratch *scratch) {
    free(scratch->start);
    free(scratch->bucket);
    free(scratch->sorted);
}

/* The rank of each alternative in one draw, 0 the best: one pass into buckets, then insertion. */
static void rank_one(const float *scores, long alternatives, struct scratch *scratch,
                     uint16_t *rank) {
    uint32_t *start = scratch->start;
    uint16_t *bucket = scratch->bucket;
    uint64_t *sorted = scratch->sorted + 1;
    float low = FLT_MAX, high = -FLT_MAX;
    for (long i = 0; i < alternatives; i++) {
        low = scores[i] < low ? scores[i] : low;
        high = scores[i] > high ? scores[i] : high;
    }
    float scale = (float)(scratch->buckets - 1) / (high - low);
    /* All equal, or as good as that: one bucket, in the order they came. */
    if (!(scale < 1e30f)) scale = 0;
    for (long i = 0; i < alternatives; i++)
        bucket[i] = (uint16_t)(int32_t)((high - scores[i]) * scale);
    memset(start, 0, sizeof(uint32_t) * (scratch->buckets + 1));
    for (long i = 0; i < alternatives; i++) start[bucket[i] + 1]++;
    uint32_t sum = 0;
    for (long j = 0; j < scratch->buckets; j++) start[j + 1] = sum += start[j + 1];
    for (long i = 0; i < alternatives; i++) {
        /* Bits that sort from the best score down, then who it is. */
        uint32_t bits;
        memcpy(&bits, scores + i, sizeof bits);
        bits = bits >> 31 ? bits : ~bits & 0x7fffffff;
        sorted[start[bucket[i]]++] = (uint64_t)bits << 32 | (uint32_t)i;
    }
    sorted[-1] = 0; /* below everybody, so that nobody moves past it */
    for (long r = 1; r < alternatives; r++) {
        uint64_t mine = sorted[r];
        if (sorted[r - 1] <= mine) continue;
        long place = r;
        do {
            sorted[place] = sorted[place - 1];
            place--;
        } while (sorted[place - 1] > mine);
        sorted[place] = mine;
    }
    for (long r = 0; r < alternatives; r++) rank[(uint32_t)sorted[r]] = (uint16_t)r;
}

/* Fills ranks (draws, alternatives), at most 65,535 of them; on equal scores the earlier one
 * ranks higher. */
int kembar_ranks(const float *table, long stride, long criteria, const float *weights, long draws,
                 long alternatives, uint16_t *ranks) {
    struct scratch scratch;
    float *scores = malloc(sizeof(float) * TILE_DRAWS * stride);
    int enough = make(&scratch, alternatives) && scores;
    for (long b = 0; enough && b < draws; b += TILE_DRAWS) {
        int some = draws - b < TILE_DRAWS ? (int)(draws - b) : TILE_DRAWS;
        score_draws(table, stride, criteria, weights + b * criteria, some, 0, stride, scores,
                    stride);
        for (int d = 0; d < some; d++)
            rank_one(scores + d * stride, alternatives, &scratch, ranks + (b + d) * alternatives);
    }
    free(scores);
    unmake(&scratch);
    return -!enough;
}

/* The same from scores (draws, row) that were worked out elsewhere. */
int kembar_ranks_of(const float *scores, long row, long draws, long alternatives,
                    uint16_t *ranks) {
    struct scratch scratch;
    int enough = make(&scratch, alternatives);
    for (long b = 0; enough && b < draws; b++)
        rank_one(scores + b * row, alternatives, &scratch, ranks + b * alternatives);
    unmake(&scratch);
    return -!enough;
}

/* Adds ranks (draws, alternatives) to counts (alternatives, alternatives) for some alternatives:
 * turned round first, so that one row of counts at a time stays in the cache. */
#define TURN 32
#define TURN_DRAWS 512

int kembar_tally(const uint16_t *ranks, long draws, long alternatives, long from, long to,
                  uint32_t *counts) {
    uint16_t turned[TURN][TURN_DRAWS];
    for (long i = from; i < to; i += TURN) {
        long many = to - i < TURN ? to - i : TURN;
        for (long b0 = 0; b0 < draws; b0 += TURN_DRAWS) {
            long some = draws - b0 < TURN_DRAWS ? draws - b0 : TURN_DRAWS;
            for (long b = 0; b < some; b++) {
                const uint16_t *rank = ranks + (b0 + b) * alternatives + i;
                for (long j = 0; j < many; j++) turned[j][b] = rank[j];
            }
            for (long j = 0; j < many; j++) {
                uint32_t *row = counts + (i + j) * alternatives;
                for (long b = 0; b < some; b++) row[turned[j][b]]++;
            }
        }
    }
    return 0;
}

/* Exact chance that i scores above j, weights uniform on a simplex: a race of two sums of
 * exponentials (Varsi 1973, Ali 1973), sums of positive terms only. PAIRS of them side by side.
 * `values` is (alternatives, criteria), `chance` (alternatives, alternatives); rows from..to,
 * and by symmetry the columns below them. */
#define PAIRS 8

typedef double pairs __attribute__((vector_size(PAIRS * 8)));

/* Of `mine` against the PAIRS rows of `others`: only gaps that are not nought take part, so each
 * pair has its gains and losses moved to the front, and nought behind them. */
static void race(const double *mine, const double *const *others, long criteria, pairs *up,
                 pairs *down, pairs *behind, double *chance) {
    int ups[PAIRS], downs[PAIRS], most_up = 0, most_down = 0;
    for (int l = 0; l < PAIRS; l++) {
        double *gain = (double *)up + l, *loss = (double *)down + l;
        int u = 0, d = 0;
        for (int k = 0; k < criteria; k++) {
            double gap = mine[k] - others[l][k];
            gain[u * PAIRS] = gap;
            loss[d * PAIRS] = -gap;
            u += gap > 0;
            d += gap < 0;
        }
        ups[l] = u;
        downs[l] = d;
        most_up = u > most_up ? u : most_up;
        most_down = d > most_down ? d : most_down;
    }
    for (int l = 0; l < PAIRS; l++) {
        for (int u = ups[l]; u < most_up; u++) up[u][l] = 0;
        for (int d = downs[l]; d < most_down; d++) down[d][l] = 0;
    }
    behind[0] = (pairs){0};
    for (int d = 1; d <= most_down; d++) behind[d] = (pairs){0} + 1;
    for (int u = 0; u < most_up; u++) {
        pairs gain = up[u], near = behind[0];
        for (int d = 1; d <= most_down; d++) {
            pairs step = gain / (gain + down[d - 1] + 1e-300);
            near = behind[d] = behind[d] + step * (near - behind[d]);
        }
    }
    for (int l = 0; l < PAIRS; l++) {
        double lost = behind[downs[l]][l];
        if (!ups[l]) lost = downs[l] ? 1 : 0.5;
        chance[l] = 1 - lost;
    }
}

int kembar_pairs(const double *values, long alternatives, long criteria, long from, long to,
                 double *chance) {
    pairs *up = aligned_alloc(128, sizeof(pairs) * (3 * (size_t)criteria + 3));
    if (!up) return -1;
    pairs *down = up + criteria + 1, *behind = down + criteria + 1;
    for (long i0 = from; i0 < to; i0 += PAIRS) {
        long i1 = i0 + PAIRS < to ? i0 + PAIRS : to;
        for (long j0 = i0; j0 < alternatives; j0 += PAIRS) {
            const double *others[PAIRS];
            double found[PAIRS][PAIRS];
            for (long l = 0; l < PAIRS; l++)
                others[l] = values + (j0 + l < alternatives ? j0 + l : alternatives - 1) * criteria;
            for (long i = i0; i < i1; i++)
                race(values + i * criteria, others, criteria, up, down, behind, found[i - i0]);
            for (long j = j0; j < j0 + PAIRS && j < alternatives; j++)
                for (long i = i0; i < i1 && i <= j; i++) {
                    chance[i * alternatives + j] = found[i - i0][j - j0];
                    chance[j * alternatives + i] = 1 - found[i - i0][j - j0];
                }
        }
    }
    free(up);
    return 0;
}
