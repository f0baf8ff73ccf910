"""`belediye demo`: two made-up towns, everything started, the main job played once, and then served."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

import api
from api.cli.demo_database import NotOurs, make_empty, renew_roles, server_of, urls_of
from api.cli.failures import explained, give_up
from api.core import clock
from api.core.errors import AppError
from api.demo.cast import Addresses, raise_curtain
from api.demo.field import play_on_phone
from api.demo.filling import Order, fill, forget_limits, is_filled, size_of
from api.demo.processes import ChildFailed, Stopped, Troupe, stoppable
from api.demo.staff import ADMINISTRATOR, PASSWORD, POSTS, TOTP_SECRET
from api.demo.stage import Stage, StageBusy
from api.demo.story import choose_spot, play
from api.demo.towns import TOWNS
from api.demo.visitor import STEP_SECONDS, Unexpected, code_at
from geo.errors import GeoError

CHECKOUT = Path(api.__file__).parents[1]
app = typer.Typer(help="Örnek belediyeler: her şeyi başlatır, asıl işi bir kez oynatır ve sunmayı sürdürür.")
screen = Console(highlight=False, soft_wrap=True)


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    once: Annotated[str, typer.Option(envvar="ONCE", help="1: iş bitince her şeyi durdurur")] = "",
    size: Annotated[
        str, typer.Option(envvar="DEMO_SIZE", help="Başvuru sayısı; ya da small, default, large")
    ] = "default",
    geodata: Annotated[
        str, typer.Option(envvar="DEMO_GEODATA", help="Gerçek sınırların GeoJSON dosyalarının klasörü")
    ] = "",
    database_url: Annotated[
        str, typer.Option(envvar="DATABASE_URL", help="Kendi sunucunuzun yönetici adresi; yoksa özel sunucu başlar")
    ] = "",
    state: Annotated[
        str, typer.Option(envvar="DEMO_STATE", help="Anahtarların, günlüklerin ve fotoğrafların klasörü")
    ] = "",
) -> None:  # fmt: skip
    """Örnek belediyelerle her şeyi başlatır ve adresleri yazar."""
    if context.invoked_subcommand is not None:
        return
    stage = Stage(Path(state).resolve() if state else CHECKOUT / ".local")
    reference = CHECKOUT / ".local" / "reference"
    folder = stage.folder if state else CHECKOUT
    try:
        order = Order(size_of(size or "default"), reference, Path(geodata).resolve() if geodata else None)
    except ValueError:
        raise give_up(
            f"DEMO_SIZE anlaşılmadı: {size}. 100 ve üzeri bir sayı ya da small, default, large verin."
        ) from None
    if order.geodata and not order.geodata.is_dir():
        raise give_up(f"DEMO_GEODATA bir klasör değil: {order.geodata}")
    stage.prepare()
    try:
        with explained(), stoppable(), stage.alone(), server_of(folder, database_url or None) as admin_url:
            _run(stage, admin_url, order, is_once=once not in ("", "0"))
        screen.print("demo ok: report, field")
    except StageBusy:
        raise give_up("Bu klasörde başka bir örnek çalışıyor. Önce onu durdurun (Ctrl-C).") from None
    except NotOurs as error:
        raise give_up(
            f"{error} adında, bu örneğin yapmadığı bir veritabanı var. Silin ya da başka sunucu verin."
        ) from None
    except ChildFailed as failure:
        _fail(f"{failure.name} süreci çalışmıyor", failure.reason, failure.log, failure.tail)
    except Stopped as stop:
        screen.print("\nHer şey durduruldu.")
        raise typer.Exit(0 if stop.number == signal.SIGINT else 128 + stop.number) from None


@app.command("codes")
def codes() -> None:
    """Personelin giriş bilgilerini ve şu an geçerli doğrulama kodunu yazar."""
    _tell_staff()


def _run(stage: Stage, admin_url: str, order: Order, *, is_once: bool) -> None:
    began = time.monotonic()
    secrets = stage.secrets()
    urls, fingerprint = urls_of(admin_url, secrets), order.fingerprint(secrets)
    if is_filled(urls, fingerprint):
        renew_roles(admin_url, secrets)
        screen.print(f"Örnek veriler hazır ({_number(order.size)} başvuru).")
    else:
        screen.print(
            f"Örnek veriler hazırlanıyor: {', '.join(town.name for town in TOWNS)}, {_number(order.size)} başvuru"
        )
        with _progress() as show:
            with show("Veritabanı ve şema", 1) as advance:
                shutil.rmtree(stage.photos)
                stage.prepare()
                make_empty(admin_url, secrets)
                advance(1)
            try:
                asyncio.run(fill(urls, stage, secrets, order, show))
            except GeoError as error:
                raise give_up(f"DEMO_GEODATA: {error.message_tr}") from None
            except AppError as error:
                raise give_up(f"{error.tr} Şunu çalıştırın: make setup") from None
    forget_limits(urls)
    with Troupe(stage.logs) as troupe:
        addresses = raise_curtain(troupe, stage, urls, secrets, CHECKOUT, _started)
        screen.print(f"Hazır ({time.monotonic() - began:.1f} sn). Asıl iş baştan sona bir kez oynanıyor:\n")
        try:
            spot = choose_spot(urls)

            def on_phone(report_id: str) -> None:
                play_on_phone(addresses.server, CHECKOUT, stage, spot, report_id, _step)

            number = play(addresses.server, addresses.simulator, spot, _step, on_phone)
        except (Unexpected, httpx.HTTPError) as failure:
            _fail_in_story(failure, stage)
        screen.print(f"\nKayıtlar: {stage.logs}/*.log")
        if not is_once:
            _tell_addresses(addresses, number)
            troupe.watch()


@contextmanager
def _progress() -> Iterator[Callable[[str, int], "_Line"]]:
    with Progress(
        TextColumn("  {task.description}"), BarColumn(bar_width=28), TaskProgressColumn(), TimeElapsedColumn(),
        console=screen,
    ) as progress:  # fmt: skip
        yield lambda title, total: _Line(progress, title, total)


class _Line:
    """One line of progress."""

    def __init__(self, progress: Progress, title: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=total)

    def __enter__(self) -> Callable[[int], None]:
        return lambda steps: self._progress.advance(self._task, steps)

    def __exit__(self, *_: object) -> None:
        self._progress.stop_task(self._task)


@contextmanager
def _step(title: str) -> Iterator[Callable[[str], None]]:
    told: list[str] = []
    began = time.monotonic()
    try:
        yield told.append
    except (Unexpected, httpx.HTTPError):
        screen.print(f"  [red]✗[/] {title}")
        raise
    screen.print(f"  [green]✓[/] {title} [dim]({time.monotonic() - began:.1f} sn)[/]")
    for line in told:
        screen.print(f"    [dim]{escape(line)}[/]")


def _started(what: str) -> None:
    screen.print(f"  [green]✓[/] {what}")


def _fail_in_story(failure: Unexpected | httpx.HTTPError, stage: Stage) -> NoReturn:
    if isinstance(failure, Unexpected):
        _fail(f"Beklenen: {failure.awaited}", f"gelen: {failure.came}", stage.logs / "serve.log", "")
    _fail("Beklenen: sunucunun yanıtı", f"gelen: {failure!r}", stage.logs / "serve.log", "")


def _fail(what: str, why: str, log: Path, tail: str) -> NoReturn:
    screen.print(f"[bold red]Olmadı.[/] {escape(what)}")
    screen.print(f"  {escape(why[:1500])}")
    if tail:
        screen.print(f"[dim]{escape(tail)}[/]")
    screen.print(f"  kayıt: {log} (aynı klasörde worker.log, simulator.log)")
    raise typer.Exit(1)


def _tell_addresses(addresses: Addresses, number: str) -> None:
    table = Table("Kim", "Adres", "Giriş", pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    table.add_row("Personel", f"{addresses.server}/console", "aşağıdaki kullanıcılar")
    table.add_row("Vatandaş", f"{addresses.simulator}/", "her 05xx numarası; kodlar bu telefonlara düşer")
    table.add_row("Geliştirici", f"{addresses.server}/openapi.json", f"belediye: {', '.join(_slugs())}")
    screen.print(table)
    _tell_staff()
    screen.print(f"Oynanan başvuru: {number}. Yeni kod: [bold]belediye demo codes[/]. Durdurmak için Ctrl-C.")
    sys.stdout.flush()


def _tell_staff() -> None:
    table = Table("Görev", "Kullanıcı adı", pad_edge=False)
    for post in POSTS:
        table.add_row(post.title, post.username)
    table.add_row("Sistem yöneticisi", ADMINISTRATOR)
    screen.print(f"Personel; iki belediyede de aynı ({', '.join(_slugs())}):")
    screen.print(table)
    # The next half minute's code is accepted already, and for longer than this one's, which the story has used.
    left = STEP_SECONDS * 2 - clock.now().timestamp() % STEP_SECONDS
    screen.print(f"Parola (hepsi): [bold]{PASSWORD}[/]   Doğrulama kodu ({left:.0f} sn): [bold]{code_at(1)}[/]")
    screen.print(f"Doğrulama uygulaması için anahtar: {TOTP_SECRET}. Bir kod bir kullanıcıda bir kez geçer.")


def _slugs() -> list[str]:
    return [town.slug for town in TOWNS]


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
