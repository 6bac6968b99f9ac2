import Kernel

package enum CreditsMessages: MessageCatalog {
  package static let scheduleNameTaken = Message("credit_schedule.name_taken", "There is already a credit schedule of this name.", zh: "已有同名的补偿方案。")
  package static let notLater = Message(
    "credit.not_later", "A new version must begin after the newest one, which begins at {newest}.", zh: "新版本必须晚于当前最新版本（{newest}）生效。")
  package static let nothingToChange = Message("credit.nothing_to_change", "Say what is to change.", zh: "请指明要更改的内容。")
  package static let alreadyAttached = Message("line_credit.attached", "The line has this schedule already.", zh: "该合同行已采用此补偿方案。")
  package static let notAttached = Message(
    "line_credit.not_attached", "The line had not this schedule when the period began, at {start}.", zh: "在该期间开始时（{start}），合同行并未采用此补偿方案。")
  package static let neverAttached = Message("line_credit.none", "This line does not have this schedule.", zh: "该合同行没有此补偿方案。")
  package static let inThePast = Message(
    "credit.valid_from_past", "Periods that have begun keep what they began with: this must be {now} or later.",
    zh: "已开始的期间沿用其开始时的规定：此处不得早于 {now}。")
  package static let noSchedule = Message(
    "credit.no_schedule_version", "The schedule had no version when the period began, at {start}.", zh: "在该期间开始时（{start}），补偿方案尚无生效版本。")
  package static let badPeriod = Message(
    "credit.bad_period", "By this schedule a period is written {form}.", zh: "按此方案，期间的写法为 {form}。")
  package static let periodOpen = Message("credit.period_open", "The period is over only at {end}.", zh: "该期间到 {end} 才结束。")
  package static let claimOver = Message(
    "credit.claim_over", "A credit for this period could be claimed until {day}.", zh: "该期间的补偿申请截止于 {day}。")
  package static let claimDay = Message(
    "credit.claim_day", "A claim is made after the period, from {first} to {today}.", zh: "申请日须在期间结束之后，即 {first} 至 {today}。")
  package static let badTransition = Message(
    "credit.bad_transition", "A proposal that is {state} cannot do this: {event}.", zh: "状态为 {state} 的补偿建议不能执行此操作：{event}。")
  package static let personRequired = Message(
    "credit.person_required", "A credit is decided by a member of staff with a login of his own: not by a service account, nor by the local operator.",
    zh: "补偿须由服务商人员以本人账户登录后决定，服务账户和系统运维人员均不可。")
  package static let personUnknown = Message(
    "credit.person_unknown",
    "Above the limit two persons must approve, and of an account that has approved it is not recorded whose it is (staff.set_person).",
    zh: "超过限额须由两人批准，而参与批准的某个账户尚未登记所属人员（staff.set_person）。")
  package static let samePerson = Message(
    "credit.same_person", "You have approved it already; above the limit another person must approve it as well.", zh: "您已批准过；超过限额时须由另一人再次批准。")
  package static let badLimit = Message(
    "credit.bad_limit", "This must be an amount of {currency}, zero or more, with at most {decimals} decimals.",
    zh: "必须是不小于零的 {currency} 金额，最多 {decimals} 位小数。")
  package static let unknownCurrency = Message("credit.unknown_currency", "There is no currency {code} in ISO 4217.", zh: "ISO 4217 中没有货币 {code}。")
  package static let proposedMeanwhile = Message(
    "credit.proposed_meanwhile", "Somebody else has just proposed or granted a credit for the same period. Look at that one.", zh: "他人刚刚为同一期间提出或批准了补偿，请先查看。")
  package static let grantedMeanwhile = Message(
    "credit.granted_meanwhile", "Meanwhile {now} is granted for this period; this was proposed when it was {then}. Propose it again.",
    zh: "该期间现已批准 {now}，而此建议提出时为 {then}。请重新提出建议。")

  package static let all = [
    scheduleNameTaken, notLater, nothingToChange, alreadyAttached, notAttached, neverAttached, inThePast, noSchedule, badPeriod,
    periodOpen, claimOver, claimDay, badTransition, personRequired, personUnknown, samePerson, badLimit, unknownCurrency, proposedMeanwhile, grantedMeanwhile,
  ]
}
