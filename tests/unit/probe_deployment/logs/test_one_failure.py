"""Rows that belong to one failure count as one, and as the same one the next time."""

from probe_deployment.logs import Change, compare, count, errors

REQUEST = "[0f5e9a1c-0000-4000-8000-5f1e6d7c8b9a] "
CLASSIC = "E, [2026-01-15T10:26:31.123456 #1] ERROR -- : "


def new(before: list[str], after: list[str]) -> int:
    compared = compare(count([before]), count([after]))
    return sum(each.change is Change.NEW for each in compared)


def test_what_caused_an_exception_counts_with_it() -> None:
    """Rails 6.1 and later write the cause's class in rows of its own."""
    answered_400 = [
        "ActionDispatch::Http::Parameters::ParseError (unexpected character: 'x')",
        "Caused by: JSON::ParserError (unexpected character: 'x')",
        "Information for: ActionDispatch::Http::Parameters::ParseError (unexpected: 'x'):",
        "Information for cause: JSON::ParserError (JSON::ParserError):",
    ]
    answered_500 = [
        "ActionView::Template::Error (undefined method 'x' for nil)",
        "Caused by: NoMethodError (undefined method 'x' for nil)",
        "Information for: ActionView::Template::Error (undefined method 'x' for nil):",
        "app/views/lessons/show.html.erb:3",
    ]
    assert new([], [REQUEST + row for row in answered_400]) == 0
    assert new([], [REQUEST + row for row in answered_500]) == 1


def test_a_library_s_frames_are_no_errors_at_any_level() -> None:
    rows = [
        "Net::ReadTimeout (Net::ReadTimeout)",
        "/usr/local/bundle/gems/net-http-0.6.0/lib/net/http.rb:12:in 'Net::HTTP#request'",
        "net-protocol (0.2.2) lib/net/protocol.rb:229:in `rbuf_fill'",
        "from <internal:kernel>:187:in 'Kernel#loop'",
        "/rails/app/jobs/mail_job.rb:7:in 'MailJob#perform'",
    ]
    (error,) = errors([CLASSIC + row for row in rows])
    assert (error.name, error.frame) == ("Net::ReadTimeout", "app/jobs/mail_job.rb#MailJob#perform")


def test_a_view_fails_in_the_same_place_in_each_process() -> None:
    """Its method's name ends with numbers that each process makes anew."""
    row = "/rails/app/views/user_mailer/hi.html.erb:3:in '_app_views_user_mailer_hi_html_erb___{}'"
    error = "ActionView::Template::Error: undefined method 'x' for nil"
    before, after = row.format("2369668026_8840"), row.format("61264713_12300")
    assert new([error, before], [error, after]) == 0
    assert new([error, before], [error, after.replace("hi.html", "bye.html")]) == 1


def test_a_frame_is_the_same_with_its_class_in_front_as_ruby_3_4_has_it() -> None:
    error = "NoMethodError (undefined method 'x' for nil):"
    before = [error, "app/models/order.rb:12:in `block in total'"]
    after = [error, "app/models/order.rb:15:in 'block in Shop::Order#total'"]
    assert new(before, after) == 0
    assert new(before, [error, "app/models/order.rb:15:in 'Shop::Order.total?'"]) == 1


def test_a_job_that_fails_again_in_sidekiq_is_the_same_error() -> None:
    fails = [
        "2026-01-15T10:26:31.001Z pid=1 tid={0} class=MailJob jid={0}f elapsed=0.1 INFO: fail",
        '2026-01-15T10:26:31.001Z pid=1 tid={0} WARN: {{"context":"Job raised exception","job":'
        '{{"class":"MailJob","args":["{0}"]}}}}',
        "2026-01-15T10:26:31.001Z pid=1 tid={0} WARN: KeyError: key not found: :to",
        "2026-01-15T10:26:31.001Z 31 TID-{0} MailJob JID-{0}f INFO: fail: 0.1 sec",
    ]
    before, after = ([row.format(thread) for row in fails] for thread in ("g8x9", "o1qz7"))
    assert new(before, after) == 0
    assert new(before, [row.replace("MailJob", "ReportJob") for row in after]) == 1
    assert new(before, [row.replace("KeyError", "IOError") for row in after]) == 1


def test_what_a_proxy_can_t_reach_counts_once_the_app_has_answered_or_if_it_never_does() -> None:
    refused = (
        "2026/01/15 10:26:31 [error] 9#9: *1 connect() failed (111: Connection refused) while"
        ' connecting to upstream, client: 10.1.2.3, request: "GET /up HTTP/1.1"'
    )
    answers = '10.1.2.3 - - [15/Jan/2026:10:26:31 +0000] "GET /up HTTP/1.1" {0} 5 "-" "-"'
    starts = [refused, answers.format(502)] * 9
    assert new([], [*starts, answers.format(200)]) == 0
    assert new([], [*starts, "* Listening on http://0.0.0.0:3000"]) == 0
    assert new([], starts) == 2
    assert new([], [answers.format(200), *starts]) == 2
    # Another error is the app's own at any time.
    assert new([], ["KeyError (key not found: :x):", *starts, answers.format(200)]) == 1
