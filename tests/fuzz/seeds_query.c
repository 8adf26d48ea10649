/* Writes good and bad arguments of query_metric as seed files, each in some worlds: seeds_query FOLDER. */
#include <stdio.h>
#include <stdlib.h>

/* ' stands for ", ^ for '. */
static const char *const arguments[] = {
	"{'metric': 'gmv'}",
	"{'metric': 'gmv', 'by': ['store'], 'window': 'last_week', 'limit': 3, 'compare': ['previous_period', "
	"'same_period_last_year']}",
	"{'metric': 'active_members', 'by': ['tier'], 'window': 'this_month', 'compare': ['same_elapsed_part', "
	"'whole_previous_period', 'previous_period', 'same_period_last_year']}",
	"{'metric': 'orders', 'by': ['day'], 'window': 'last_14d', 'filters': {'channel': ['web', '(none)']}}",
	"{'metric': 'orders', 'by': ['hour'], 'window': 'yesterday'}",
	"{'metric': 'points_issued', 'by': ['day'], 'window': 'last_14d'}",
	"{'metric': 'gmv', 'by': ['fiscal_month', 'region'], 'window': 'this_fiscal_year', 'order': 'lowest'}",
	"{'metric': 'pool_remaining', 'by': ['coupon_pool']}",
	"{'metric': 'at_risk_members', 'by': ['tier', 'region', 'store'], 'window': 'latest_run', 'limit': 200}",
	"{'metric': 'coupon_redemption_rate', 'from': '2026-10-01', 'to': '2026-10-31', 'by': ['coupon_pool']}",
	"{'metric': 'gmv', 'as_of': '2025-12-31', 'window': 'last_month', 'filters': {'store': ['Nantes Graslin', "
	"'S02'], 'tier': ['gold']}}",
	"{'metric': 'gmv', 'filters': {'store': ['two']}}",
	"{'metric': 'gmv', 'filters': {'store': ['x^); drop table y']}}",
	"{'metric': 'my_sales', 'by': ['store']}",
	"{'metric': 'gmv_ytd', 'by': ['store']}",
	"{'metric': 'repeat_rate', 'by': ['region'], 'order': 'highest'}",
	"{'metric': 'gvm'}",
	"{'metric': 'gmv', 'by': ['shop']}",
	"{'metric': 'gmv', 'by': ['policy']}",
	"{'metric': 'gmv', 'by': ['day', 'week']}",
	"{'metric': 'gmv', 'by': 'store'}",
	"{'metric': 'gmv', 'window': 'now'}",
	"{'metric': 'gmv', 'from': '2026-02-30', 'to': '2026-03-01'}",
	"{'metric': 'gmv', 'from': '1990-01-01', 'to': '2026-03-01'}",
	"{'metric': 'gmv', 'limit': 201}",
	"{'metric': 'gmv', 'compare': ['last_decade']}",
	"{'metric': 'gmv', 'filters': {'day': ['2026-11-20']}}",
	"{'metric': 7, 'by': 7, 'filters': 7, 'window': 7, 'compare': 7, 'limit': '7', 'order': 7}",
	"{'metric': 'gmv', 'by': ['store', 'tier', 'region', 'channel']}",
	"{'metric': 'gmv', 'window': 'someday'}",
	"{'metric': 'gmv', 'filters': {'tier': ['\\u202e\\u0007']}}",
	"{'metric': 'gmv', 'filters': {'store': ['(none)'], 'region': ['(none)'], 'channel': ['(none)'], 'tier': "
	"['(none)'], 'lifecycle': ['(none)'], 'coupon_pool': ['(none)'], 'campaign': ['(none)'], 'campaign_type': "
	"['(none)'], 'acquisition_source': ['(none)']}}",
	"{'metric': 'gmv', 'by': ['store', 'tier', 'region'], 'limit': 200, 'compare': ['previous_period', "
	"'same_period_last_year', 'same_elapsed_part']}",
	"{'metric': 'gmv', 'as_of': '2099-12-31'}",
	"{}",
};

static const char *const worlds[] = { "", "s", "r", "d", "h", "u", "o", "m", "M", "e", "l", "wf" };

enum { ARGUMENTS = sizeof arguments / sizeof arguments[0], WORLDS = sizeof worlds / sizeof worlds[0] };

int main(int count, char **words)
{
	char path[4096];

	if (count != 2)
		return 2;
	for (int i = 0; i < ARGUMENTS; i++)
		for (int j = 0; j < WORLDS; j++) {
			if (j > 0 && (i + j) % 3 != 0)
				continue;
			snprintf(path, sizeof path, "%s/query%02d%02d", words[1], i, j);
			FILE *file = fopen(path, "wb");

			if (file == NULL) {
				perror(path);
				return 1;
			}
			fprintf(file, "%s\n", worlds[j]);
			for (const char *at = arguments[i]; *at != '\0'; at++)
				fputc(*at == '\'' ? '"' : *at == '^' ? '\'' : *at, file);
			fclose(file);
		}
	return 0;
}
