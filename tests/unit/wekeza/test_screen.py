import io

import pytest
from rich.console import Console

from wekeza.screen import Screen


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Screen()


def test_at_no_terminal_there_is_only_text(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.heading("A heading")
    screen.say("A [bold]line[/bold] :smile: of data")
    screen.link("GraphiQL", "http://127.0.0.1:8000/graphiql")
    said = capsys.readouterr().out
    assert not screen.interactive
    assert "\x1b" not in said
    assert "A heading" in said
    assert "A [bold]line[/bold] :smile: of data\n" in said
    assert "  GraphiQL                    http://127.0.0.1:8000/graphiql\n" in said


def test_a_long_line_is_not_broken(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.link("token", "x" * 500)
    screen.say("y" * 500)
    assert {"x" * 500, "y" * 500} <= {line.split()[-1] for line in capsys.readouterr().out.splitlines()}


def test_cells_say_what_they_are(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(("a", "b", "c", "d", "e"), [(None, True, 12345, 1234.5, "[red]")], numbers=("c", "d"))
    screen.facts({"born": None, "twin": False})
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["–", "yes", "12,345", "1,234.50", "[red]"] in lines
    assert ["born", "–"] in lines
    assert ["twin", "no"] in lines


def test_a_long_cell_is_folded_and_whole(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(("value",), [("z" * 100,)])
    assert capsys.readouterr().out.count("z") == 100


def test_errors_go_to_standard_error(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.error("This is [wrong].")
    assert capsys.readouterr() == ("", "wekeza: This is [wrong].\n")


def test_waiting_is_told_once_where_nobody_watches(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    with screen.waiting("until it shows ...") as update:
        update("until it shows ... 3 s")
    assert capsys.readouterr().out == "until it shows ...\n"


def test_waiting_changes_its_line_at_a_terminal(screen: Screen) -> None:
    terminal = io.StringIO()
    screen.console = Console(file=terminal, force_terminal=True)
    with screen.waiting("until it shows ...") as update:
        update("3 s left")
        screen.console.print("beside it")
    assert screen.interactive
    assert "3 s left" in terminal.getvalue()
