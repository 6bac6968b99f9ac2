import Kernel

/// What the admin protocol itself has to say.
package enum AdminMessages: MessageCatalog {
  static let badTag = Message(
    "admin.syntax.tag", "This line cannot be read: a tag is @ and 1 to 32 letters, digits, . _ and -.", zh: "无法读取此行：标签须为 @ 加 1 到 32 个字母、数字或 . _ -。")
  static let badWord = Message(
    "admin.syntax.word", "This line cannot be read: a word has other characters than letters, digits, . _ and -, or is missing.",
    zh: "无法读取此行：单词缺失，或含有字母、数字及 . _ - 以外的字符。")
  static let badArgument = Message(
    "admin.syntax.argument", "This line cannot be read: behind the words stands only name=value, with one space between two.",
    zh: "无法读取此行：单词之后只能是 name=value，彼此以一个空格分隔。")
  static let badValue = Message(
    "admin.syntax.value", "This line cannot be read: a value with spaces, quotation marks or backslashes stands in quotes, and a space follows it.",
    zh: "无法读取此行：含空格、引号或反斜杠的值须加引号，其后须有空格。")
  static let badEscape = Message(
    "admin.syntax.escape", "This line cannot be read: there is an escape other than \\\", \\\\, \\n, \\r, \\t and \\u with a hexadecimal number in braces.",
    zh: "无法读取此行：转义只能是 \\\"、\\\\、\\n、\\r、\\t 以及 \\u 加花括号中的十六进制数。")
  static let badLiteral = Message(
    "admin.syntax.literal", "This line cannot be read: a literal's length stands in braces at a line's end, and a space or CR LF behind its octets.",
    zh: "无法读取此行：字面量的长度须写在行末的花括号中，其字节之后须为空格或行尾。")
  static let badCharacters = Message(
    "admin.syntax.characters", "This line cannot be read: it is not UTF-8, or holds control characters.", zh: "无法读取此行：不是 UTF-8，或含有控制字符。")
  static let duplicate = Message("admin.syntax.duplicate", "An argument is given more than once.", zh: "有参数被重复给出。")
  static let badLineEnd = Message(
    "admin.line_end", "A line ends with CR LF; neither stands alone. The connection ends.", zh: "每行须以 CR LF 结尾，两者不得单独出现。连接即将关闭。")
  static let lineTooLong = Message("admin.line_too_long", "The line is too long. The connection ends.", zh: "行过长。连接即将关闭。")
  static let literalTooLong = Message("admin.literal_too_long", "The literals are too long. The connection ends.", zh: "字面量过长。连接即将关闭。")
  static let tooMuch = Message(
    "admin.unauthenticated_limit", "Too much was sent without AUTH. The connection ends.", zh: "未经 AUTH 发送的内容过多。连接即将关闭。")

  static let unknownCommand = Message("admin.unknown_command", "There is no such command. HELP lists them.", zh: "没有此命令。HELP 可列出所有命令。")
  static let usage = Message("admin.usage", "This command is written: {usage}", zh: "此命令的写法：{usage}")
  static let badVersion = Message("admin.bad_version", "`version` is a whole number, as a reply gave it.", zh: "`version` 须为整数，取自此前的回复。")
  static let authenticated = Message("admin.authenticated", "This session is authenticated already.", zh: "此会话已通过身份验证。")
  static let noCertificate = Message(
    "admin.no_certificate", "This needs a token, or a client certificate that is registered with an active account of the organisation.",
    zh: "此操作需要令牌，或已在该组织有效账户下登记的客户端证书。")
  static let tooManySessions = Message("admin.sessions", "This account has {limit} sessions, which is the most.", zh: "该账户已有 {limit} 个会话，已达上限。")
  static let idle = Message("admin.idle", "Nothing has come for too long. The connection ends.", zh: "长时间没有收到任何内容。连接即将关闭。")
  static let tooSlow = Message("admin.too_slow", "AUTH has not come in time. The connection ends.", zh: "未在规定时间内收到 AUTH。连接即将关闭。")
  static let ending = Message("admin.ending", "The server is ending. What got no reply was not begun.", zh: "服务器正在停止。未获回复的命令均未开始执行。")
  static let foreignPeer = Message(
    "admin.peer", "This socket is for root, the server's user and the service group.", zh: "此套接字仅供 root、服务器用户及服务组使用。")

  /// What HELP says of the session's own commands.
  static let helpHello = Message("admin.help.hello", "Tell the protocol's version, the session's state and the limits.", zh: "显示协议版本、会话状态和限制。")
  static let helpAuth = Message(
    "admin.help.auth", "Prove who is there: by a token, or by the connection's client certificate.", zh: "验证身份：使用令牌，或使用连接的客户端证书。")
  static let helpAs = Message("admin.help.as", "Say which customer is meant where a command names none.", zh: "指定命令未指明客户时所用的客户。")
  static let helpLang = Message("admin.help.lang", "Choose the language of texts.", zh: "选择文本语言。")
  static let helpFormat = Message("admin.help.format", "Choose how replies are written.", zh: "选择回复的格式。")
  static let helpHelp = Message("admin.help.help", "Show the commands, those of a noun, or what one command takes.", zh: "显示全部命令、某一名词的命令，或某个命令的参数。")
  static let helpQuit = Message("admin.help.quit", "End the session.", zh: "结束会话。")
  static let helpNoun = Message("admin.help.noun", "Commands: {verbs}.", zh: "命令：{verbs}。")

  package static let all = [
    badTag, badWord, badArgument, badValue, badEscape, badLiteral, badCharacters, duplicate, badLineEnd, lineTooLong, literalTooLong, tooMuch,
    unknownCommand, usage, badVersion, authenticated, noCertificate, tooManySessions, idle, tooSlow, ending, foreignPeer, helpHello, helpAuth, helpAs,
    helpLang, helpFormat, helpHelp, helpQuit, helpNoun,
  ]
}
