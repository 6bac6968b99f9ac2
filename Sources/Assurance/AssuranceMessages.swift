import Kernel

package enum AssuranceMessages: MessageCatalog {
  package static let notBacked = Message(
    "assurance.not_backed",
    """
    The contract's proof is required, and it would promise what nothing backs ({count} gaps). Close the gaps, promise less, or accept each as a risk \
    on its proof, with the reason and who takes it upon himself (accepted_risk.record), and try again. A draft promises nothing yet.
    """,
    zh: """
      此合同须经证明，而其承诺缺乏支撑（{count} 处缺口）。请先消除缺口，降低承诺，或在证明中逐项接受风险并注明理由与承担者（accepted_risk.record），然后重试。\
      草稿不作任何承诺。
      """)
  package static let openGap = Message("assurance.open_gap", "{gap}", zh: "缺口：{gap}")
  package static let notLater = Message(
    "assurance.not_later", "A new version must begin after the newest one, which begins at {newest}.", zh: "新版本必须晚于当前最新版本（{newest}）生效。")
  package static let twice = Message("assurance.team_twice", "This team is named before: a team has one place in a chain.", zh: "该团队已列出：每个团队在支撑链中只有一个位置。")
  package static let handlingTwice = Message("assurance.handling_twice", "This priority is named before.", zh: "该优先级已列出。")
  package static let noSuchGap = Message("assurance.no_such_gap", "The proof has {count} gaps.", zh: "该证明共有 {count} 处缺口。")
  package static let notStanding = Message(
    "assurance.not_standing", "A later proof of the line has taken this one's place. Look at that one.", zh: "该合同行已有更新的证明取代此证明，请查看最新证明。")
  package static let acceptedAlready = Message(
    "assurance.accepted_already", "These gaps are accepted already; still open are: {open}.", zh: "这些缺口已被接受；仍未接受的有：{open}。")
  package static let nothingToAccept = Message("assurance.nothing_to_accept", "Every gap of this proof is accepted already.", zh: "此证明的所有缺口均已被接受。")
  package static let untilPast = Message("assurance.until_past", "This must be later than now, {now}.", zh: "必须晚于当前时刻 {now}。")
  package static let alreadyEnded = Message("assurance.already_ended", "This has ended already.", zh: "已经终止。")
  package static let personRequired = Message(
    "assurance.person_required", "A risk is accepted by a member of staff with a login of his own: not by a service account.",
    zh: "风险须由服务商人员以本人账户登录后接受，服务账户不可。")
  package static let beaten = Message("assurance.beaten", "Somebody else has just written this chain. Look at it and try again.", zh: "他人刚刚写入了此支撑链，请查看后重试。")

  package static let all = [
    notBacked, openGap, notLater, twice, handlingTwice, noSuchGap, notStanding, acceptedAlready, nothingToAccept, untilPast, alreadyEnded, personRequired,
    beaten,
  ]
}
