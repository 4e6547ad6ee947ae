"""What is said about balances, and what is finished."""

from __future__ import annotations

# code: (message zh, message en, fix zh, fix en).
WORDS: dict[str, tuple[str, str, str, str]] = {
    "finish-kind": (
        "{value} 账户不能办结。",
        "A {value} account cannot be finished.",
        "只有在途与处理过程可以办结。",
        "Only legs and runs are finished.",
    ),
    "finish-not-empty": (
        "办结时账户仍有 {value} 克。",
        "The account still holds {value} g when it is finished.",
        "先把余量记入 difference、discharged 或退回。",
        "First settle the rest as difference, discharge or return.",
    ),
    "account-finished": (
        "{value} 账户已办结，不再接受流水。",
        "The {value} account is finished and takes no more transfers.",
        "核对联单段号或批号。",
        "Check the leg or run.",
    ),
    "stock-below-zero": (
        "账面余量 {value} 克，本次转出后缺 {missing} 克。",
        "The balance is {value} g; after this posting {missing} g would be missing.",
        "先补记入库或盘点，或核对质量。",
        "First record what came in or take stock, or check the mass.",
    ),
    "tolerant-stock-below-zero": (
        "账面余量 {value} 克，本次转出后为负，缺 {missing} 克。",
        "The balance is {value} g and falls below zero: {missing} g are missing.",
        "该场所允许迟报：尽快补记入库。",
        "This site may report late: record soon what came in.",
    ),
}
