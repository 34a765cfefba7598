#include "app/plan_options.h"

#include "app/annotate_arguments.h"
#include "app/duration.h"
#include "app/one_of.h"

namespace ionloom::app {

void add_plan(CLI::App& app, PlanOptions& options) {
  CLI::App* command = app.add_subcommand(
      "plan",
      "Tell what annotating a dataset would take: time, memory, tasks and cost. Runs nothing");
  add_job(*command, options.job);
  command->option_defaults()->group("Plan");
  command
      ->add_option("--backend", options.backends,
                   "where tasks can run: localhost (this machine's threads), aws-lambda, aws-ec2,\n"
                   "ibm-code-engine, knative, or a file (docs/formats/backends.md); with several,\n"
                   "A,B, the plan chooses for each stage. Clouds are simulated: their figures are\n"
                   "published ones, not measured by us")
      ->delimiter(',')
      ->default_str("localhost")
      ->type_name("NAME|FILE");
  command
      ->add_option("--deadline", options.deadline_s,
                   "the cheapest plan that is done by then, e.g. 90s, 10m, 1h")
      ->transform(duration())
      ->type_name("TIME");
  command
      ->add_option("--budget", options.budget_usd,
                   "the fastest plan that costs no more, in US dollars")
      ->check(CLI::PositiveNumber.description(""))
      ->excludes("--deadline")
      ->type_name("USD");
  command
      ->add_option("--hour", options.hour_usd,
                   "without deadline and budget: US dollars that an hour of waiting is worth\n"
                   "(default 1)")
      ->check(CLI::NonNegativeNumber.description(""))
      ->excludes("--deadline")
      ->excludes("--budget")
      ->type_name("USD");
  command
      ->add_option("--planner", options.planner,
                   "who plans: exact (the best of all choices by our models), or rules to compare\n"
                   "with: metaspace, note, ditto, fixed")
      ->check(one_of({"exact", "metaspace", "note", "ditto", "fixed"}))
      ->capture_default_str()
      ->type_name("NAME");
  command->add_flag("--pareto", options.pareto,
                    "list and draw all plans that no other beats in both time and cost");
  command->add_option("--picture", options.picture, "draw them into a PNG file")
      ->type_name("FILE.png");
  command
      ->add_option("--sites", options.sites,
                   "place the stages on devices at several sites, joined by links: a TOML file\n"
                   "(docs/formats/sites.md); in place of --backend")
      ->excludes("--backend")
      ->excludes("--budget")
      ->excludes("--hour")
      ->excludes("--planner")
      ->type_name("FILE.toml");
  command
      ->add_option("--goal", options.goal,
                   "with --sites: what is to be least: time, cost, energy, or the bytes over links")
      ->check(one_of({"time", "cost", "energy", "bytes"}))
      ->capture_default_str()
      ->type_name("NAME");
  command
      ->add_option("--keep-raw-at", options.keep_raw_at,
                   "with --sites: no peak leaves this site; only metrics and images do")
      ->needs("--sites")
      ->type_name("SITE");
  command
      ->add_option("--placement", options.placement,
                   "with --sites: which placement to show: best, runner-up, or a file with one as\n"
                   "ionloom plan --sites --json prints it, shares changed at will")
      ->needs("--sites")
      ->capture_default_str()
      ->type_name("best|runner-up|FILE.json");
  command
      ->add_option(
          "--observed", options.observed,
          "with --sites: what a run that is under way has seen of the sites; what is left\n"
          "of it is placed (docs/formats/sites.md)")
      ->needs("--sites")
      ->type_name("FILE.json");
  command->add_flag("--json", options.json, "print JSON (docs/formats/plan.md)");
}

}  // namespace ionloom::app
