"""The tools that tool checks offer, the questions that call for one of them, and those for which none fits.

The questions say everything that a tool needs, so that a model that asks back has misread them. None of the
irrelevant ones can be answered with any of the tools.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

JsonObject = Mapping[str, object]


class Question(msgspec.Struct, frozen=True):
    """One prompt, and the tool that it calls for."""

    id: str
    text: str
    tool: str | None
    """None: no tool fits."""


def function_tool(name: str, description: str, parameters: JsonObject) -> JsonObject:
    """A tool in OpenAI's shape."""
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def object_of(required: Mapping[str, object], optional: Mapping[str, object] | None = None) -> JsonObject:
    """The schema of an object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _text(description: str) -> JsonObject:
    return {"type": "string", "description": description}


WEATHER: Final = function_tool(
    "get_weather",
    "The weather forecast for a city.",
    object_of(
        {"city": _text("The name of the city.")},
        {"unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "The unit of temperatures."}},
    ),
)
PARCEL: Final = function_tool(
    "track_parcel", "Where a parcel is now.", object_of({"parcel": _text("The parcel's number, as printed on it.")})
)
BALANCE: Final = function_tool(
    "get_balance", "The balance of a bank account.", object_of({"account": _text("The number of the account.")})
)
CURRENCY: Final = function_tool(
    "convert_currency",
    "Converts an amount of money from one currency to another at today's rate.",
    object_of(
        {
            "amount": {"type": "number", "exclusiveMinimum": 0, "description": "How much."},
            "source": {"type": "string", "enum": ["EUR", "USD", "CNY", "GBP", "JPY"]},
            "target": {"type": "string", "enum": ["EUR", "USD", "CNY", "GBP", "JPY"]},
        }
    ),
)
REMINDER: Final = function_tool(
    "set_reminder",
    "Reminds the user of something.",
    object_of(
        {
            "subject": _text("What to remind of."),
            "minutes": {"type": "integer", "minimum": 1, "maximum": 10080, "description": "From now, in minutes."},
        }
    ),
)
TOOLS: Final = (WEATHER, PARCEL, BALANCE, CURRENCY, REMINDER)

TRIGGERS: Final = (
    Question("weather-1", "What will the weather be in Lisbon?", "get_weather"),
    Question("weather-2", "Do I need an umbrella in Bergen? Look up the weather, please.", "get_weather"),
    Question("weather-3", "Tell me the weather in Chengdu, in degrees Fahrenheit.", "get_weather"),
    Question("weather-4", "我想知道北京的天气 (weather)。", "get_weather"),
    Question("weather-5", "Will the weather in Nairobi be dry enough to paint a fence?", "get_weather"),
    Question("parcel-1", 'Where is my parcel "@@nonce@@" now?', "track_parcel"),
    Question("parcel-2", 'Has the parcel "@@nonce@@" arrived yet? Track it for me.', "track_parcel"),
    Question("parcel-3", 'A customer asks about parcel "@@nonce@@". Find out where it is.', "track_parcel"),
    Question("parcel-4", 'Please track the parcel "@@nonce@@".', "track_parcel"),
    Question("parcel-5", 'My parcel "@@nonce@@" is late. Where was it last seen?', "track_parcel"),
    Question("balance-1", 'How much money is on account "@@nonce@@"? I need its balance.', "get_balance"),
    Question("balance-2", 'What is the balance of account "@@nonce@@"?', "get_balance"),
    Question("balance-3", 'Check the balance of account "@@nonce@@" before we pay.', "get_balance"),
    Question("balance-4", 'I am worried about account "@@nonce@@". Is its balance above zero?', "get_balance"),
    Question("balance-5", 'Tell me the balance of account "@@nonce@@", please.', "get_balance"),
    Question("currency-1", "Convert 120 EUR to USD at today's currency rate.", "convert_currency"),
    Question("currency-2", "How many JPY are 45.5 GBP? Use the currency rate of today.", "convert_currency"),
    Question("currency-3", "I have 1000 CNY. What are they in another currency, EUR?", "convert_currency"),
    Question("currency-4", "Which amount in the currency USD do I get for 7 EUR today?", "convert_currency"),
    Question("currency-5", "Convert 99.99 USD to GBP, please; any currency service will do.", "convert_currency"),
    Question("reminder-1", "Set a reminder about the meeting, 30 minutes from now.", "set_reminder"),
    Question("reminder-2", "I want a reminder in 90 minutes: take the bread out.", "set_reminder"),
    Question("reminder-3", "Give me a reminder to call Anna, two hours from now.", "set_reminder"),
    Question("reminder-4", "A reminder to stretch, please, in 15 minutes.", "set_reminder"),
    Question("reminder-5", "Could you set me a reminder to water the plants, one hour from now?", "set_reminder"),
)
IRRELEVANT: Final = (
    Question("haiku", "Write a haiku about autumn leaves.", None),
    Question("sum", "How much is seventeen plus twenty-five?", None),
    Question("capital", "What is the capital of Portugal?", None),
    Question("translate", "How do you say good morning in Spanish?", None),
    Question("spelling", "How is the word necessary spelled?", None),
    Question("joke", "Tell me a short joke about cats.", None),
    Question("advice", "Which is better for a beginner, chess or go?", None),
    Question("history", "In which century was the printing press invented?", None),
    Question("grammar", "Is this sentence correct: He go to school?", None),
    Question("colour", "Name three colours of the rainbow.", None),
    Question("greeting", "Hello there, how are you today?", None),
    Question("summary", "Summarise in five words: The dog chased the ball across the yard.", None),
    Question("physics", "Why is the sky blue?", None),
    Question("rhyme", "Find a word that rhymes with moon.", None),
    Question("opinion", "Describe the taste of an apple in one sentence.", None),
    Question("opposite", "What is the opposite of ancient?", None),
)
"""What they ask for is in none of the tools, and no word of a tool's name is in them."""
