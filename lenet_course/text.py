"""The reader's language, and the few words that the package itself shows."""

LANGUAGES = ("ko", "en")

WORDS = {
    "ready": {"ko": "준비되었습니다.", "en": "Ready."},
}

# what every widget may show; the keys are those of static/*.js
SHARED_WORDS = {
    "digit": {"ko": "{number}번째 그림, 숫자 {label}", "en": "Picture {number}, a {label}"},
    "pick": {"ko": "또는 숫자를 고르십시오", "en": "Or pick one"},
    "failed": {
        "ko": "이 위젯을 불러오지 못했습니다. 페이지를 새로 고쳐 보십시오.",
        "en": "This widget could not be loaded. Try reloading the page.",
    },
}

EXPLORER_WORDS = {
    "title": {"ko": "LeNet 탐색기", "en": "LeNet explorer"},
    "draw": {"ko": "숫자를 그려 보십시오", "en": "Draw a digit"},
    "pad": {"ko": "숫자를 그리는 판", "en": "Drawing pad"},
    "pad_keys": {
        "ko": "화살표 키로 펜을 옮기고, 스페이스 키로 펜을 내리거나 듭니다.",
        "en": "Arrow keys move the pen; space puts it down or lifts it.",
    },
    "erase": {"ko": "지우개", "en": "Eraser"},
    "undo": {"ko": "되돌리기", "en": "Undo"},
    "clear": {"ko": "비우기", "en": "Clear"},
    "input": {"ko": "신경망이 보는 입력", "en": "What the network sees"},
    "prepared": {
        "ko": (
            "MNIST처럼 준비합니다. 잉크에 상자를 씌워 20×20에 맞추고, 무게 중심을 "
            "가운데(+)에 둔 다음, 둘레에 패딩을 붙여 32×32로 만듭니다."
        ),
        "en": (
            "Made as MNIST's digits were: the ink is boxed and scaled to 20×20, centred by its "
            "mass (+), and padded to 32×32."
        ),
    },
    "packaged": {
        "ko": (
            "MNIST의 숫자입니다. 20×20 상자에 맞추고 무게 중심을 가운데(+)에 둔 28×28 그림에, "
            "패딩을 두 픽셀씩 붙여 32×32로 만듭니다."
        ),
        "en": (
            "A digit of MNIST, boxed to 20×20 and centred by its mass (+) in 28×28; "
            "two pixels of padding make it 32×32."
        ),
    },
    "probabilities": {"ko": "확률", "en": "Probabilities"},
    "answer": {
        "ko": "신경망의 답은 {digit}입니다(확률 {share}).",
        "en": "The network reads a {digit}, with probability {share}.",
    },
    "blank": {
        "ko": "아직 아무것도 그리지 않았습니다. 빈 그림에도 신경망은 확률을 냅니다.",
        "en": "Nothing is drawn yet. Even to a blank picture the network gives probabilities.",
    },
    "layer": {"ko": "{layer}, 모양 {shape}", "en": "{layer}, shape {shape}"},
    "layer_keys": {
        "ko": "화살표 키로 값을 옮겨 다니고, Page Up과 Page Down 키로 맵을 바꿉니다.",
        "en": "Arrow keys move from value to value; Page Up and Page Down change the map.",
    },
    "hint": {
        "ko": (
            "아무 값이나 가리켜 보십시오. 앞선 계층마다 그 값의 수용 영역이 테두리로 나타나고, "
            "그 값이 어떤 계산에서 나왔는지 보입니다. 클릭하면 고정되고, Esc 키를 누르면 풀립니다."
        ),
        "en": (
            "Point at any value: its receptive field is outlined in every earlier layer, and the "
            "numbers it was made of appear. Click to hold it; Esc lets go."
        ),
    },
    "panel": {"ko": "가리킨 값의 계산", "en": "How the value came about"},
    "close": {"ko": "닫기", "en": "Close"},
    "Left": {"ko": "왼쪽 값", "en": "Value to the left"},
    "Right": {"ko": "오른쪽 값", "en": "Value to the right"},
    "Up": {"ko": "위쪽 값", "en": "Value above"},
    "Down": {"ko": "아래쪽 값", "en": "Value below"},
    "window": {"ko": "창", "en": "Window"},
    "kernel": {"ko": "커널", "en": "Kernel"},
    "products": {"ko": "곱", "en": "Products"},
    "channels_note": {
        "ko": "채널마다 창 하나와 커널 하나가 있습니다. 채널을 고르면 그 25개의 곱이 나타납니다.",
        "en": "Each channel has its own window and kernel. Choose one to see its 25 products.",
    },
    "channel_sum": {
        "ko": "채널 {channel}, 곱의 합 {sum}",
        "en": "Channel {channel}, sum of products {sum}",
    },
    "products_sum": {"ko": "곱 25개의 합", "en": "25 products"},
    "products_of_channels": {"ko": "여섯 채널의 합", "en": "six channels"},
    "bias": {"ko": "편향", "en": "bias"},
    "rounding": {"ko": "반올림 차이", "en": "rounding"},
    "sum": {"ko": "합", "en": "sum"},
    "relu_keeps": {"ko": "0보다 커서 그대로 둡니다.", "en": "above 0: kept"},
    "relu_cuts": {"ko": "0보다 크지 않아 0이 됩니다.", "en": "not above 0: cut to 0"},
    "four": {"ko": "네 값", "en": "Four values"},
    "winner": {"ko": "가장 큰 값", "en": "The largest is"},
    "largest": {
        "ko": "{all}개의 곱 가운데 기여가 가장 큰 {count}개입니다.",
        "en": "The {count} largest of {all} contributions:",
    },
    "rest_sum": {"ko": "나머지 {count}개", "en": "other {count}"},
    "input_value": {
        "ko": "입력 픽셀입니다. 0은 빈 종이, 1은 가장 진한 잉크입니다.",
        "en": "A pixel of the input: 0 is empty paper, 1 is full ink.",
    },
    "watch": {"ko": "학습 과정 되감아 보기", "en": "Watch it learn"},
    "wait": {"ko": "기록을 불러오는 중입니다.", "en": "Loading the recording …"},
    "run": {
        "ko": (
            "무작위 가중치에서 시작해 {last}걸음을 배운 학습 한 번의 기록입니다. load_trained()의 "
            "가중치와 같은 방법으로 새로 학습했습니다. 어느 걸음에 멈추든, 그때의 신경망이 위의 "
            "숫자를 읽습니다. 닫으면 원래 신경망으로 돌아갑니다."
        ),
        "en": (
            "One recorded run of training, from random weights through {last} steps, by the recipe "
            "of load_trained()'s weights. Stop at any step: the network of that moment reads the "
            "digit above. Closing brings back the network that was here before."
        ),
    },
    "training_step": {"ko": "학습 걸음", "en": "Training step"},
    "at_step": {"ko": "{last}걸음 가운데 {step}걸음째", "en": "Step {step} of {last}"},
    "right": {
        "ko": "시험용 숫자 2,000장 정확도 {share}",
        "en": "{share} of the 2,000 test digits read correctly",
    },
    "play": {"ko": "재생", "en": "Play"},
    "pause": {"ko": "일시 정지", "en": "Pause"},
    "kernels": {"ko": "이때의 커널", "en": "Kernels at this step"},
    "fallback": {
        "ko": (
            "conv1의 특징 맵 6개. 입력은 숫자 {label}이고, 신경망의 답은 {digit}이며 "
            "확률은 {share}입니다."
        ),
        "en": (
            "The six feature maps of conv1 for a {label}. The network reads a {digit}, "
            "with probability {share}."
        ),
    },
}

GRAPH_WORDS = {
    "title": {"ko": "연산 그래프 탐색기", "en": "Computation graph explorer"},
    "walk": {"ko": "손실에서 입력까지", "en": "From the loss to the input"},
    "walk_keys": {
        "ko": (
            "상자나 코드의 줄을 고르면 서로의 짝이 표시됩니다. 위아래 화살표 키로 한 걸음씩 "
            "걷고, 좌우 화살표 키로 곁길을 드나듭니다."
        ),
        "en": (
            "Choose a box or a line of code: each shows the other. Up and down arrow keys take "
            "one step; right and left go into a side way and back."
        ),
    },
    "code": {"ko": "이 연산들을 부른 코드", "en": "The code that called these operations"},
    "outside": {"ko": "forward 밖: 손실 함수", "en": "outside forward: the loss function"},
    "no_source": {
        "ko": "어느 줄이 어느 연산을 불렀는지 여기서는 알 수 없습니다.",
        "en": "Which line called which operation is not known here.",
    },
    "previous": {"ko": "이전 걸음, 손실 쪽으로", "en": "Previous step, towards the loss"},
    "next": {"ko": "다음 걸음, 입력 쪽으로", "en": "Next step, towards the input"},
    "value": {"ko": "순전파에서 나온 값", "en": "value in the forward pass"},
    "gradient": {"ko": "여기로 오는 변화도", "en": "gradient that arrives"},
    "ways": {"ko": "변화도를 넘겨받는 곳", "en": "Who receives a gradient from it:"},
    "MseLoss": {
        "ko": (
            "변화도가 출발하는 곳입니다. 출력마다 목표와의 차이에 비례하는 수를 보냅니다. "
            "목표보다 크면 양수, 작으면 음수입니다."
        ),
        "en": (
            "Gradients start here. Each output is sent a number in proportion to its distance "
            "from the target: positive where it is too large, negative where too small."
        ),
    },
    "NllLoss": {
        "ko": (
            "변화도가 출발하는 곳입니다. 정답의 로그 확률에 −1을(여러 장의 평균이면 장수로 "
            "나누어) 보내고, 나머지 자리에는 0을 보냅니다."
        ),
        "en": (
            "Gradients start here. The right class's log-probability is sent −1 (divided by the "
            "number of pictures, for a mean), all others 0."
        ),
    },
    "LogSoftmax": {
        "ko": "NllLoss에서 온 수를 로짓의 변화도로 바꿉니다. 확률에서 원-핫을 뺀 것이 됩니다.",
        "en": (
            "Turns what NllLoss sent into the gradient of the logits: probabilities minus one-hot."
        ),
    },
    "Addmm": {
        "ko": (
            "변화도에 가중치를 곱해 앞 계층으로 넘깁니다. 곁에는 가중치의 변화도(변화도와 "
            "입력의 곱)와 편향의 변화도(변화도 그대로)를 남깁니다. 그림이 여러 장이면 더합니다."
        ),
        "en": (
            "Multiplies the gradient by the weight and hands the result to the layer before. "
            "At the side it leaves the weight's gradient (gradient times input) and the bias's "
            "(the gradient as it is), added up over the pictures."
        ),
    },
    "Convolution": {
        "ko": (
            "변화도에 커널을 곱해 앞의 맵으로 넘깁니다. 곁에는 커널과 편향의 변화도를 남깁니다. "
            "커널 하나가 모든 자리에서 쓰였으므로 모든 자리의 몫을 더합니다."
        ),
        "en": (
            "Multiplies the gradient by the kernels and hands the result to the maps before. At "
            "the side it leaves the gradients of kernels and biases, added up over all places, "
            "since one kernel served them all."
        ),
    },
    "Relu": {
        "ko": "값이 0보다 컸던 자리의 변화도만 그대로 보내고, 나머지 자리는 0으로 막습니다.",
        "en": "Lets the gradient through where the value was above 0, and makes it 0 elsewhere.",
    },
    "MaxPool": {
        "ko": "창마다 가장 컸던 값에 변화도를 모두 넘깁니다. 진 값들은 0을 받습니다.",
        "en": "Hands each gradient to the value that won its window. The losers receive 0.",
    },
    "View": {
        "ko": "수는 그대로 두고 모양만 되돌립니다.",
        "en": "Leaves the numbers as they are and gives them their former shape back.",
    },
    "Transpose": {
        "ko": "행과 열을 도로 바꾸어, 변화도가 가중치와 같은 모양이 되게 합니다.",
        "en": "Swaps rows and columns back, so that the gradient has the weight's own shape.",
    },
    "AccumulateGrad": {
        "ko": "길의 끝입니다. 여기까지 온 변화도를 {parameter}.grad에 더합니다.",
        "en": "The end of a way: adds the gradient that arrives to {parameter}.grad.",
    },
    "input": {
        "ko": (
            "신경망의 입력입니다. requires_grad가 False라 변화도를 받지 않고, "
            "next_functions의 그 자리에는 None이 있습니다."
        ),
        "en": (
            "The network's input. With requires_grad=False it receives no gradient, and None "
            "stands in its place in next_functions."
        ),
    },
    "none_before": {
        "ko": "입력은 변화도를 받지 않으므로, 여기서는 곁으로만 남기고 앞으로 넘기지 않습니다.",
        "en": "The input asks for none, so here nothing is handed on, only left at the side.",
    },
    "other": {
        "ko": "나온 값의 변화도를 받아, 들어간 값의 변화도로 바꾸어 넘깁니다.",
        "en": "Takes the gradient of what it put out, hands on the gradient of what it took in.",
    },
    "fallback": {
        "ko": (
            "{first}에서 {last}까지 연산 {count}개가 화살표로 이어진 연산 그래프. "
            "곁에는 변화도를 받는 매개변수 {parameters}개가 달려 있습니다."
        ),
        "en": (
            "The computation graph: {count} operations joined by arrows from {first} to {last}, "
            "and at the side the {parameters} parameters that receive a gradient."
        ),
    },
}

STEP_WORDS = {
    "title": {"ko": "학습 한 걸음씩", "en": "Training, one step at a time"},
    "untrained": {
        "ko": (
            "아직 아무것도 배우지 않은 신경망입니다. 가중치는 torch.manual_seed({seed}) 바로 뒤에 "
            "만든 Net()의 무작위 값 그대로입니다."
        ),
        "en": (
            "This network has learned nothing yet: its weights are the random ones of a Net() made "
            "right after torch.manual_seed({seed})."
        ),
    },
    "given": {
        "ko": "건네받은 신경망의 복사본으로 학습합니다. 원래 신경망은 바뀌지 않습니다.",
        "en": "It trains a copy of the network that it was given; the original stays as it is.",
    },
    "batch_size": {"ko": "그림 수", "en": "Pictures"},
    "criterion": {"ko": "손실 함수", "en": "Loss function"},
    "momentum": {"ko": "모멘텀", "en": "Momentum"},
    "learning_rate": {"ko": "학습률", "en": "Learning rate"},
    "zero_grad": {"ko": "비우기", "en": "Clear"},
    "forward": {"ko": "순전파", "en": "Forward"},
    "loss": {"ko": "손실", "en": "Loss"},
    "backward": {"ko": "역전파", "en": "Backward"},
    "update": {"ko": "갱신", "en": "Update"},
    "play": {"ko": "다섯 걸음을 되풀이", "en": "Repeat all five"},
    "pause": {"ko": "멈추기", "en": "Pause"},
    "reset": {"ko": "처음으로", "en": "Reset"},
    "pictures": {"ko": "그림", "en": "Pictures"},
    "answer": {"ko": "답", "en": "answer"},
    "values": {"ko": "계층의 값", "en": "Values"},
    "weights": {"ko": "가중치", "en": "Weights"},
    "gradients": {"ko": "변화도", "en": "Gradients"},
    "losses": {"ko": "손실", "en": "Loss"},
    "mean": {"ko": "그림 {count}장의 평균", "en": "mean of {count} pictures"},
    "legend": {
        "ko": (
            "빨강은 양수, 파랑은 음수이고, ±는 가장 진한 색이 뜻하는 값입니다. 맵 아래 오른쪽 "
            "수는 변화도(‖·‖)와 변한 양(Δ)의 크기, 곧 모두 제곱해 더한 값의 제곱근입니다."
        ),
        "en": (
            "Red is positive, blue is negative; ± gives the value of the strongest colour. At the "
            "right below a map stands the size of the gradient (‖·‖) or of the change (Δ): the "
            "square root of the sum of all squares."
        ),
    },
    "moves": {
        "ko": "계층마다 가장 많이 움직인 가중치",
        "en": "In each layer, the weight that moved most",
    },
    "view": {"ko": "가중치 맵", "en": "Maps of weights"},
    "before": {"ko": "갱신 전", "en": "before"},
    "change": {"ko": "변한 양", "en": "change"},
    "after": {"ko": "갱신 후", "en": "after"},
    "begin": {
        "ko": "순전파부터 눌러 보십시오. 누를 때마다 바뀐 곳만 색이 달라집니다.",
        "en": "Press Forward first. Each press marks what it changed, and nothing else.",
    },
    "said_zero": {
        "ko": "변화도를 비웠습니다. 모든 매개변수의 .grad가 None입니다.",
        "en": "The gradients are cleared: the .grad of every parameter is None.",
    },
    "said_zero_again": {
        "ko": "비울 변화도가 없습니다. .grad는 이미 모두 None입니다.",
        "en": "There is nothing to clear: every .grad is None already.",
    },
    "said_forward": {
        "ko": "그림 {count}장이 conv1부터 fc3까지 지나갔습니다. {right}장을 맞혔습니다.",
        "en": "Pictures sent from conv1 to fc3: {count}. Read rightly: {right}.",
    },
    "said_loss": {
        "ko": "그림마다 정답의 확률 p에서 −ln p를 구해 평균을 냈습니다. 손실은 {loss}입니다.",
        "en": "−ln p, of the right digit's probability p, averaged over the pictures: {loss}.",
    },
    "said_squares": {
        "ko": (
            "그림마다 출력 10개와 원-핫 목표의 차이를 제곱해 평균을 냈습니다. 손실은 {loss}입니다."
        ),
        "en": "The squared distances of all outputs from their one-hot targets, averaged: {loss}.",
    },
    "said_backward": {
        "ko": (
            "손실에서 fc3를 거쳐 conv1까지 변화도가 거꾸로 왔습니다. conv1의 변화도는 크기가 "
            "{norm}입니다. 가중치는 아직 그대로입니다."
        ),
        "en": (
            "Gradients came back from the loss, through fc3, to conv1, where their size is {norm}. "
            "No weight has moved yet."
        ),
    },
    "said_added": {
        "ko": (
            "비우지 않았으므로 새 변화도가 앞의 것에 더해졌습니다. conv1에서 변화도의 크기는 "
            "{before} → {norm}입니다."
        ),
        "en": (
            "Nothing was cleared, so the new gradients were added to the old ones. Their size in "
            "conv1 went from {before} to {norm}."
        ),
    },
    "retained": {
        "ko": "PyTorch에서 같은 손실을 거듭 보내려면 backward(retain_graph=True)로 불러야 합니다.",
        "en": "To send one loss back repeatedly, PyTorch wants backward(retain_graph=True).",
    },
    "said_update": {
        "ko": "가중치마다 학습률 {rate} × 변화도만큼 뺐습니다. 값과 손실은 갱신하기 전의 것입니다.",
        "en": (
            "From each weight went {rate} × its gradient. Values and loss are still those from "
            "before the update."
        ),
    },
    "said_velocity": {
        "ko": "가중치마다 학습률 {rate} × 속도만큼 뺐습니다. 값과 손실은 갱신하기 전의 것입니다.",
        "en": (
            "From each weight went {rate} × its velocity. Values and loss are still those from "
            "before the update."
        ),
    },
    "said_repeat": {
        "ko": "{count}번 갱신했습니다. 마지막으로 잰 손실은 {loss}입니다.",
        "en": "Updates so far: {count}. The loss, when last measured: {loss}.",
    },
    "said_nan": {
        "ko": "손실이 더는 유한한 수가 아닙니다({loss}). 학습률을 줄이고 처음으로 돌아가십시오.",
        "en": "The loss is no longer a finite number ({loss}). Lower the learning rate and reset.",
    },
    "no_logits": {
        "ko": "아직 로짓이 없습니다. 순전파를 먼저 하십시오.",
        "en": "There are no logits yet: press Forward first.",
    },
    "no_loss": {
        "ko": "역전파는 손실에서 출발합니다. 손실을 먼저 재십시오.",
        "en": "Backward starts from the loss: press Loss first.",
    },
    "old": {
        "ko": "가중치가 그 뒤로 바뀌었습니다. 순전파부터 다시 하십시오.",
        "en": "The weights have changed since then: begin again with Forward.",
    },
    "no_gradients": {
        "ko": ".grad가 모두 None이라 뺄 것이 없습니다. 역전파를 먼저 하십시오.",
        "en": "Every .grad is None, so there is nothing to subtract: press Backward first.",
    },
    "fallback": {
        "ko": (
            "역전파를 한 번 한 뒤 conv1 커널 6개의 변화도. 그림 {count}장의 손실은 {loss}입니다."
        ),
        "en": (
            "The gradients of conv1's six kernels after one backward pass; the loss of "
            "{count} pictures is {loss}."
        ),
    },
}

BROWSER_WORDS = {
    "picture": {"ko": "그림", "en": "Picture"},
    "layer": {"ko": "계층", "en": "Layer"},
    "channel": {"ko": "채널", "en": "Channel"},
    "refresh": {"ko": "다시 계산", "en": "Run again"},
    "input": {"ko": "신경망에 넣은 그림 {index}", "en": "Picture {index}, as it goes in"},
    "maps": {
        "ko": "{layer}의 특징 맵 {count}장. 크기는 {shape}, 값은 {low}부터 {high}까지입니다.",
        "en": "{count} feature maps of {layer}, {shape} each, with values from {low} to {high}.",
    },
    "values": {
        "ko": "{layer}의 값 {count}개. {low}부터 {high}까지입니다.",
        "en": "{count} values of {layer}, from {low} to {high}.",
    },
    "map": {
        "ko": "{layer}의 {channel}번 특징 맵. 크기는 {shape}, 값은 {low}부터 {high}까지입니다.",
        "en": "Feature map {channel} of {layer}, {shape}, with values from {low} to {high}.",
    },
    "value": {
        "ko": "{layer}의 {channel}번 값은 {high}입니다.",
        "en": "Value {channel} of {layer} is {high}.",
    },
    "kernels": {
        "ko": "{layer}의 {channel}번 커널. 채널 {count}개, 값은 {low}부터 {high}까지입니다.",
        "en": "Kernel {channel} of {layer}: {count} × {shape}, with values from {low} to {high}.",
    },
    "colours": {
        "ko": "빨강은 0보다 큰 값, 흰색은 0, 파랑은 0보다 작은 값입니다.",
        "en": "Red is above zero, white is zero, blue is below.",
    },
    "recorded": {
        "ko": (
            "이 페이지에는 기록해 둔 그림이 있습니다. 노트북을 실행하면 그때의 가중치로 다시 "
            "계산하고, 채널도 하나씩 고를 수 있습니다."
        ),
        "en": (
            "This page holds recorded pictures. In a running notebook they are computed from the "
            "weights of the moment, and single channels can be chosen too."
        ),
    },
}

WIDGET_WORDS = {
    "browser": BROWSER_WORDS,
    "explorer": {**SHARED_WORDS, **EXPLORER_WORDS},
    "graph": {**SHARED_WORDS, **GRAPH_WORDS},
    "step": {**SHARED_WORDS, **STEP_WORDS},
}

_language = "en"


def set_language(language: str) -> None:
    """Choose the language of every word that the package shows from now on.

    Args:
        language: "ko" or "en".

    Raises:
        ValueError: for any other value.
    """
    global _language
    if language not in LANGUAGES:
        raise ValueError(f"expected a language from {LANGUAGES}, got {language!r}")
    _language = language


def get_language() -> str:
    """Return the chosen language, "ko" or "en" (until one is chosen: "en")."""
    return _language


def say(key: str) -> str:
    """Return the words stored under `key` in the chosen language.

    Raises:
        KeyError: for a key that WORDS does not have.
    """
    if key not in WORDS:
        raise KeyError(f"expected a key from {sorted(WORDS)}, got {key!r}")
    return WORDS[key][_language]


def get_widget_words(widget: str, language: str | None = None) -> dict[str, str]:
    """Return what a widget shows, key → words, in a language (by default the chosen one).

    Raises:
        KeyError: for a widget that WIDGET_WORDS does not have.
    """
    if widget not in WIDGET_WORDS:
        raise KeyError(f"expected a widget from {sorted(WIDGET_WORDS)}, got {widget!r}")
    return {key: words[language or _language] for key, words in WIDGET_WORDS[widget].items()}
