"""The Iowa gambling task.

Four decks of cards. Two pay 100 a card but lose 1,250 in every ten cards, two pay 50 and lose 250: the decks that look
good are the bad ones. What a choice pays depends on how many cards of its deck were taken before. Win and loss of a
card are told as one number.

Source: Bechara et al. 1994, Cognition 50:7
"""

from sweetbean import Block, Experiment
from sweetbean.stimulus import Text
from sweetbean.variable import DataVariable, FunctionVariable, SharedVariable, SideEffect

from twinbean import Instructions, SlotMachines
from twinbean.tasks.schedules import IowaDecks
from twinbean.tasks.schedules.payoffs import check_trials

COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
N_CARDS = 40

STORY = (
    "There are four decks of cards, A, B, C and D. You take {trials} cards, one after the other, each from whichever "
    "deck you like. Every card wins you points, and some cards also make you lose points; you are told what a card "
    "comes to.\n"
    "Some decks are worse than others. You can do well by staying away from the worst decks. Nothing that you do "
    "changes the order of the cards in a deck.\n"
    "You start with a loan of {loan} points. Your goal is to win as many points as possible, and to lose as few as "
    "possible."
)
HOW = "To take a card, click or tap its deck, or press the letter that stands on it."


def count(taken, response, arm):
    return taken + 1 if response == arm else taken


def build(*, rng, trials: int = 100, loan: int = 2000) -> Experiment:
    check_trials(trials)
    rows = [row["bandits"] for row in IowaDecks().draw(rng, N_CARDS).timeline(COLORS)]
    decks = [list(cards) for cards in zip(*rows, strict=True)]

    score = SharedVariable("score", loan)
    add_points = FunctionVariable("add_points", lambda total, won: total + won, [score, DataVariable("value", 0)])
    effects, bandits = [SideEffect(score, add_points)], []
    for arm, cards in enumerate(decks):
        taken = SharedVariable(f"taken_{arm}", 0)
        bandits.append(FunctionVariable("top_card", lambda cards, taken: cards[taken % len(cards)], [cards, taken]))
        take = FunctionVariable("take", count, [taken, DataVariable("response", 0), arm])
        effects.append(SideEffect(taken, take))
    table = SlotMachines(bandits=bandits, labels=["A", "B", "C", "D"], side_effects=effects)
    total = Text(duration=1000, text=FunctionVariable("total", lambda score: f"Your points: {score}", [score]))

    story = STORY.format(trials=trials, loan=loan)
    return Experiment(
        [Block([Instructions([*story.split("\n"), HOW], text=story)]), Block([table, total], timeline=[{}] * trials)]
    )
