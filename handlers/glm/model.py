"""`/glm model NAME|list`: people choose the model that answers, and see what each model reads and costs."""

from bot.core.model.models import OfferedModel
from bot.core.money.amounts import MILLION, shown
from bot.core.people.settings import BY_NAME
from bot.words import text
from handlers.glm.command import Command
from handlers.glm.settings import DEFAULT, scope_of, set_to, told_scope, value_now
from handlers.private_replies import PrivateReply, quoted

SETTING = BY_NAME["model"]
NOW = text("{name} is `{value}` {scope}: {facts}. `/glm model list` shows all there are.")
HEAD = text("*Models to choose from*")
FOOT = text("Choose with `/glm model {name}`; the next question is answered by it.")
LINE = text("• `{name}`: {facts}")
LINE_NOW = text("• `{name}`: {facts} – yours now")
FACTS = text("{sight}, window of {window}K tokens, {price}")
SEES, BLIND = text("sees pictures"), text("reads text only")
PRICE = text("{input} in and {output} out for a million tokens")
NO_PRICE = text("price not known")
NO_MODEL = text("There is no model “{word}” here. `/glm model list` shows all there are.")
NEAR_MODEL = text("There is no model “{word}” here. Did you mean {lines}? `/glm model list` shows all there are.")
OR = text(" or ")


async def model(command: Command) -> PrivateReply:
    typed, models, scope = command.typed, command.deps.models, scope_of(command, SETTING)
    word = typed.text.lower()
    if word == "list":
        return await _list(command)
    if not word:
        found = models.counting(await value_now(command, SETTING, scope))
        where = told_scope(command, scope)
        return command.tell(NOW, name=command.name, value=found.name, scope=where, facts=_facts(command, found))
    if word == DEFAULT:
        return await set_to(command, SETTING, "")
    chosen = models.find(word)
    if chosen is None:
        return _not_found(command, typed.text)
    return await set_to(command, SETTING, chosen.name)


def _facts(command: Command, model: OfferedModel) -> str:
    """Whether the model sees pictures, its context window and its price."""
    price = command.say(NO_PRICE)
    if model.price is not None:
        amounts = {
            "input": shown(round(model.price.input * MILLION), model.price.currency),
            "output": shown(round(model.price.output * MILLION), model.price.currency),
        }
        price = command.say(PRICE, **amounts)
    sight = command.say(SEES if model.has_vision else BLIND)
    return command.say(FACTS, sight=sight, window=model.context_tokens // 1024, price=price)


async def _list(command: Command) -> PrivateReply:
    models = command.deps.models
    now = models.counting(await value_now(command, SETTING, "me"))
    lines = [
        command.say(LINE_NOW if model is now else LINE, name=model.short_name, facts=_facts(command, model))
        for model in models.offered
    ]
    footer = command.say(FOOT, name=models.offered[-1].short_name)
    return PrivateReply("\n".join([command.say(HEAD), *lines, footer]))


def _not_found(command: Command, word: str) -> PrivateReply:
    near = command.deps.models.near(word)
    if not near:
        return command.tell(NO_MODEL, word=quoted(word))
    scope = f" {command.typed.scope}" if command.typed.scope else ""
    lines = command.say(OR).join(f"`/glm model {model.short_name}{scope}`" for model in near)
    return command.tell(NEAR_MODEL, word=quoted(word), lines=lines)
